"""The stories of the demo: enterprises apply, officials decide, the treasury pays, people rate and complain.

Everything goes through the services that the pages use, by the demo's own people, so every rule of the house holds
for it. What a case needs to know about itself is in its :class:`Plan`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.flow import State
from babashi.applications.models import Application
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import item as catalogue_item
from babashi.enterprises import claims
from babashi.enterprises.models import BankAccount, Enterprise
from babashi.enterprises.services import set_bank_account
from babashi.feedback import services as feedback
from babashi.matching.models import Match
from babashi.payments.models import Payment, PaymentState
from babashi.reviews import services as reviews
from babashi.site import demo_desk as desk
from babashi.site.demo_life import Life, Story
from babashi.site.demo_people import AGENTS, CLERKS
from babashi.site.demo_plans import INTERESTS, PENDING_CLAIMS, PLANS, Plan, before_end
from babashi.workdays.clock import now

PHONE = "02366000000"
"""No line of anybody: the number stands where an enterprise has none on record."""


@dataclass
class Cast:
    """Who plays: agents and the enterprises they speak for."""

    life: Life
    agents: list[User]
    speaks: dict[int, User] = field(default_factory=dict)

    def agent_of(self, firm: Enterprise) -> User:
        """The one agent of an enterprise; agents take turns."""
        if firm.pk not in self.speaks:
            self.speaks[firm.pk] = self.agents[len(self.speaks) % len(self.agents)]
        return self.speaks[firm.pk]


def tell_all(life: Life, pack: str) -> None:
    """Cast every story and live through the weeks."""
    agents = list(User.objects.filter(username__in=[name for name, _ in AGENTS]).order_by("username"))
    cast = Cast(life, agents)
    treasury = desk.Treasury(life)
    for item_id, plans in PLANS.items():
        item = catalogue_item(f"{pack}/{item_id}")
        for plan, firm in zip(plans, _firms(item, with_amount=True), strict=False):
            cast.agent_of(firm)
            story = _case(cast, treasury, plan, item, firm)
            life.begin(story, before_end=before_end(plan, item.automatic))
    for item_id, answers in INTERESTS.items():
        item = catalogue_item(f"{pack}/{item_id}")
        for number, (answer, firm) in enumerate(zip(answers, _firms(item), strict=False)):
            cast.agent_of(firm)
            life.begin(_interest(cast, item, firm, answer), before_end=4 + 3 * number)
    for firm in _strangers(cast):
        life.begin(_pending_claim(cast, firm), before_end=1)
    life.begin(treasury.work(), before_end=len(life.workdays))
    life.live()


def _firms(item: CatalogueItem, *, with_amount: bool = False) -> list[Enterprise]:
    """Enterprises that can have an item, without those of the tour, in the order of the register."""
    found = Match.objects.filter(full_id=item.full_id, verdict="eligible", superseded_at=None)
    if with_amount:
        found = found.filter(amount_max__gt=0)
    found = found.exclude(enterprise__members__user__username__in=[clerk.username for clerk in CLERKS])
    return [match.enterprise for match in found.select_related("enterprise").order_by("enterprise_id")]


def _strangers(cast: Cast) -> list[Enterprise]:
    """Enterprises that nobody speaks for nor will, from the end of the register."""
    found = Enterprise.objects.filter(members=None, kind="企业").exclude(pk__in=cast.speaks)
    return list(found.order_by("-id")[:PENDING_CLAIMS])


def _join(cast: Cast, firm: Enterprise) -> Story:
    """The agent claims the enterprise, and the registrar has looked at the papers on the next working day."""
    agent = cast.agent_of(firm)
    if firm.members.filter(user=agent, ended_at=None).exists():
        return
    claim = claims.start_claim(firm, agent, "clerk", "受企业委托代办，附授权书（演示）。")
    yield 1
    if claim.state == "pending" and not firm.members.filter(user=agent, ended_at=None).exists():
        claims.decide_claim(claim, True, by=desk.person("dengji"), reason="已核对营业执照和授权书（演示）")
    yield 0


def _case(cast: Cast, treasury: desk.Treasury, plan: Plan, item: CatalogueItem, firm: Enterprise) -> Story:
    yield from _join(cast, firm)
    agent = cast.agent_of(firm)
    if item.automatic:
        case = reviews.submit_automatic_and_open(firm, item, bank_account=_account(firm, agent), by=agent)
    else:
        case = applications.start_draft(firm, item, by=agent)
        case = applications.save_draft(case, _contact(case), case.revision, by=agent)
        if plan.until == "draft":
            return
        yield 1
        case = _submit(cast, case, agent)
    if plan.until == "withdrawn":
        yield 2
        reviews.withdraw_and_close(case, by=agent, reason="企业计划调整，暂不申报。")
        return
    treasury.ends[case.pk] = plan.until
    if plan.complaint:
        cast.life.follow(_complaint(case, plan, agent), now(), 3)
    yield from desk.review(case, plan, agent, cast.life.draws)
    yield from _money(case, plan, agent)


def _submit(cast: Cast, case: Application, agent: User) -> Application:
    if cast.life.draws.chance(600):
        applications.attach(case, "other", desk.document("情况说明（演示）.pdf"), by=agent)
    _account(case.enterprise, agent)
    return reviews.submit_and_open(case, revision=case.revision, by=agent)


def _contact(case: Application) -> dict[str, str]:
    form = dict(case.form)
    form["contact_name"] = form.get("contact_name") or "演示经办人"
    form["contact_phone"] = form.get("contact_phone") or PHONE
    return form


def _account(firm: Enterprise, agent: User, tail: str = "01") -> BankAccount:
    return set_bank_account(
        firm,
        account_name=firm.name,
        bank_name="演示银行巴南支行（合成）",
        number=f"6200000000{firm.pk:06d}{tail}",
        by=agent,
    )


def _money(case: Application, plan: Plan, agent: User) -> Story:
    """Once decided: wait for the money, correct the account, confirm or dispute it, rate."""
    if plan.until in ("paid", "returned", "repaid"):
        yield from _until_paid(case, plan, agent)
    case.refresh_from_db()
    if case.state == State.PAID and plan.arrived is not None:
        yield 1
        payment = Payment.objects.get(application=case, state=PaymentState.SUCCEEDED)
        note = "" if plan.arrived else "对公账户里没有查到这笔款，请核对。"
        feedback.confirm_receipt(payment, plan.arrived, note, by=agent)
    if plan.stars and case.state in (State.PAID, State.REFUSED):
        yield 0
        rating = feedback.rate(case, plan.stars, plan.comment, by=agent)
        if plan.reply:
            yield 1
            feedback.answer_rating(rating, plan.reply, by=desk.person("fagai"))


def _until_paid(case: Application, plan: Plan, agent: User) -> Story:
    while case.state != State.PAID:
        yield 1
        case.refresh_from_db()
        if case.state == State.PAYMENT_RETURNED and plan.until == "repaid":
            _account(case.enterprise, agent, tail="02")
            yield 1
            returned = Payment.objects.get(application=case, state=PaymentState.RETURNED)
            desk.repay(returned)


def _complaint(case: Application, plan: Plan, agent: User) -> Story:
    complaint = feedback.complain(case, plan.complaint, by=agent)
    if plan.settled:
        yield 1
        feedback.answer_complaint(complaint, plan.settled, by=desk.person("fagai"))


def _interest(cast: Cast, item: CatalogueItem, firm: Enterprise, answer: str) -> Story:
    yield from _join(cast, firm)
    interest = applications.express_interest(
        firm,
        item,
        by=cast.agent_of(firm),
        contact_name=firm.contact_name or "演示经办人",
        contact_phone=firm.contact_phone or PHONE,
        note="想了解怎样参加。",
    )
    if answer:
        yield 2
        words = (
            "已电话联系，参加办法见附件通知（演示）。"
            if answer == "contacted"
            else "已登记参加，谢谢（演示）。"
        )
        applications.answer_interest(interest, state=answer, answer=words, by=desk.acceptor_of(item))


def _pending_claim(cast: Cast, firm: Enterprise) -> Iterator[int]:
    claims.start_claim(firm, cast.agent_of(firm), "clerk", "受企业委托代办，授权书待补盖章（演示）。")
    yield from ()
