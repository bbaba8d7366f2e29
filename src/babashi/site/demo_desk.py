"""The officials of the demo: they review, publish, approve and pay as their posts allow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from itertools import groupby

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from babashi.accounts.models import Role, User
from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.applications.queries import CORRECTION_DAYS
from babashi.catalogue.models import CatalogueItem
from babashi.demo.draws import Draws
from babashi.payments import services as payments
from babashi.payments.answers_file import COLUMNS, RETURNED, SUCCEEDED
from babashi.payments.models import Payment, PaymentBatch, PaymentState
from babashi.publicity.models import Objection
from babashi.publicity.queries import current_entry
from babashi.publicity.services import object_to
from babashi.reviews import services as reviews
from babashi.reviews.flow import PUBLICITY_ROLE
from babashi.reviews.models import StageTask
from babashi.reviews.queries import DECIDING_OUTCOMES, open_task
from babashi.site.demo_life import Life, Story
from babashi.site.demo_plans import REFUSALS, Plan
from babashi.workdays.clock import now, today

WAITS = {"first-review": 2}
"""Working days until an official decides; 1 where nothing is said."""
OPINIONS = ("材料齐全，符合条件，同意。", "经核对，与登记数据一致，同意。", "符合通知规定，同意。")
HUNDRED = Decimal(100)
BATCH_DAYS = (1, 3)
"""Tuesday and Thursday."""


def person(username: str) -> User:
    """A demo person by user name."""
    return User.objects.get(username=username, is_demo=True)


def acceptor_of(item: CatalogueItem) -> User:
    """Who answers for the lead department of an item."""
    found = User.objects.filter(
        is_demo=True, posts__role=Role.ACCEPTOR, posts__department__name=item.lead.name
    )
    return found.order_by("pk")[0]


def free_official(task: StageTask) -> User:
    """Somebody who holds the post and has not decided on the case; they take turns by case."""
    decided = StageTask.objects.filter(application=task.application, outcome__in=DECIDING_OUTCOMES)
    holders = User.objects.filter(is_demo=True, posts__role=task.role, posts__department=task.department)
    able = list(holders.exclude(pk__in=decided.values("decided_by")).order_by("pk"))
    return able[task.application_id % len(able)]


def review(case: Application, plan: Plan, agent: User, draws: Draws) -> Story:
    """Stage after stage, with the plan's detours, until it is where the plan leaves it or decided."""
    ahead = {name for name in ("corrected", "sent_back", "objection") if getattr(plan, name)}
    while (task := open_task(case)) is not None:
        if task.stage == plan.until and not ahead:
            yield from _leave(task, plan)
            return
        if task.role == PUBLICITY_ROLE:
            yield from _publicity(case, plan, ahead)
        else:
            yield WAITS.get(task.stage, 1)
            if task.stage == "first-review" and plan.until in ("correction", "refused", "lapsed"):
                yield from _end(task, case, plan)
                return
            yield from _stage(task, case, ahead, agent, draws)
        case.refresh_from_db()


def _leave(task: StageTask, plan: Plan) -> Story:
    """Where the case stays; somebody may have taken it already."""
    if plan.claimed:
        yield 1
        reviews.claim_task(task, by=free_official(task))


def _stage(task: StageTask, case: Application, ahead: set[str], agent: User, draws: Draws) -> Story:
    if task.stage == "first-review" and "corrected" in ahead:
        ahead.discard("corrected")
        _return(task)
        yield 2
        _correct(case, agent)
    elif task.stage == "second-review" and "sent_back" in ahead:
        ahead.discard("sent_back")
        opinion = "投入明细和审计报告的合计不一致，请再核对。"
        reviews.decide(task, "sent_back", by=free_official(task), to="first-review", opinion=opinion)
    else:
        amount = _amount(case, draws) if task.stage == "second-review" else None
        opinion = draws.one_of(OPINIONS)
        reviews.decide(task, "passed", by=free_official(task), opinion=opinion, amount=amount)


def _amount(case: Application, draws: Draws) -> Decimal | None:
    """What the second review proposes: within floor and ceiling, mostly a little below, in whole hundreds."""
    low, high = case.amount_min, case.amount_max
    if high is None or low == high:
        return None
    if low is not None:
        return low + (high - low) * draws.below(3) / 2
    wanted = high * draws.between(92, 100) / HUNDRED // HUNDRED * HUNDRED
    return wanted if wanted > 0 else high


def _end(task: StageTask, case: Application, plan: Plan) -> Story:
    """The first review finds something: back to the applicant (who may never answer), or refused for good."""
    if plan.until != "refused":
        _return(task)
        if plan.until == "lapsed":
            yield CORRECTION_DAYS + settings.BABASHI_CORRECTION_GRACE_DAYS + 1
            reviews.lapse_correction(case, by=free_official(task))
        return
    clause, found = REFUSALS[case.full_id.partition("/")[2]]
    reviews.decide(
        task, "refused", by=free_official(task), opinion="经核查不符合规定的条件，不予支持。",
        checklist=[{"clause": clause, "ok": False, "note": found}],
    )  # fmt: skip


def _return(task: StageTask) -> None:
    asked = [{"ref": "material:other", "note": "请补交盖章的证明材料，并说明数据来源（演示）。"}]
    opinion = "证明材料不全，请在收到通知后尽快补正。"
    reviews.decide(task, "returned", by=free_official(task), opinion=opinion, items=asked)


def _correct(case: Application, agent: User) -> None:
    case.refresh_from_db()
    form = {**case.form, "note": "已补交盖章的证明材料，数据来自专项审计报告（演示）。"}
    case = applications.save_draft(case, form, case.revision, by=agent)
    applications.attach(case, "other", document("补充证明（演示）.pdf"), by=agent)
    reviews.resubmit_and_reopen(case, revision=case.revision, by=agent)


def _publicity(case: Application, plan: Plan, ahead: set[str]) -> Story:
    """Wait for the end of the period; somebody may object, and somebody who decided nothing answers."""
    yield 1
    if "objection" not in ahead:
        return
    ahead.discard("objection")
    entry = current_entry(case)
    assert entry is not None  # a case in publicity is on a notice
    objection = object_to(
        entry, name="演示·某同业企业", contact="yanshi@example.com",
        content="该单位的主要设备去年已经停用，是否还符合条件，请核实。",
    )  # fmt: skip
    if plan.objection != "open":
        yield 1
        _answer(objection, upheld=plan.objection == "upheld")


def _answer(objection: Objection, *, upheld: bool) -> None:
    answer = (
        "经现场核查，情况部分属实，退回重新审核。" if upheld else "经现场核查，设备在用，所反映的情况不属实。"
    )
    reviews.settle_objection(objection, upheld=upheld, answer=answer, by=person("fagai"))


def repay(payment: Payment) -> None:
    """The enterprise has corrected its account: pay again."""
    payments.correct_and_repay(payment, by=person("caizheng"))


def document(name: str) -> SimpleUploadedFile:
    """A small, whole PDF that says nothing."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(content)
    return SimpleUploadedFile(name, content.getvalue(), content_type="application/pdf")


@dataclass
class Treasury:
    """Twice a week a batch for the treasury; the next day it is handed over, two days later the bank answers.

    ``ends`` tells by case where its payment stays: such payments get batches of their own.
    """

    life: Life
    ends: dict[int, str] = field(default_factory=dict)

    def work(self) -> Story:
        """Every working day until the end."""
        while True:
            if today().weekday() in BATCH_DAYS:
                ready = Payment.objects.filter(state=PaymentState.READY).order_by("pk")
                for kind, group in groupby(sorted(ready, key=self._kind), key=self._kind):
                    if kind != "ready":
                        self._batch(kind, [payment.pk for payment in group])
            yield 1

    def _kind(self, payment: Payment) -> str:
        kind = self.ends.get(payment.application_id, "paid")
        if payment.attempt > 1:
            return "paid"
        return "returned" if kind == "repaid" else kind

    def _batch(self, kind: str, wanted: Sequence[int]) -> None:
        batch = payments.make_batch(wanted, by=person("caizheng"))
        if kind != "batched":
            self.life.follow(self._hand_over(batch, kind), now(), 1)

    def _hand_over(self, batch: PaymentBatch, kind: str) -> Story:
        payments.export_batch(batch, "csv", by=person("bokuan"))
        if kind == "exported":
            return
        yield 2
        rows = [
            _bank_row(payment, kind) for payment in batch.payments.select_related("batch").order_by("number")
        ]
        content = "\n".join([",".join(COLUMNS), *(",".join(row) for row in rows)]).encode()
        payments.import_answers(f"回单-{batch.number}.csv", content, by=person("bokuan2"))


def _bank_row(payment: Payment, kind: str) -> list[str]:
    """One row of the bank's answer."""
    number = payment.batch.number if payment.batch else ""
    amount = f"{payment.amount:.2f}"
    if kind == "returned":
        return [number, payment.number, RETURNED, amount, "", "", "账号与户名不符"]
    return [number, payment.number, SUCCEEDED, amount, today().isoformat(), f"YS{payment.pk:08d}", ""]
