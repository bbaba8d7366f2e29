"""The demo: a synthetic district with its people, its money and its life. Nothing of it exists outside demo mode."""

import datetime as dt
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from babashi.accounts.models import Department, User
from babashi.audit.services import record
from babashi.enterprises.models import Enterprise, Member, MemberRole
from babashi.site import demo_people, demo_trial
from babashi.site.demo_life import Life
from babashi.site.demo_people import CLERKS, PASSWORD, REFORM, make_people
from babashi.site.demo_stories import tell_all
from babashi.site.due import run_due_jobs
from babashi.workdays.clock import frozen, now, today

__all__ = ["BUDGETS", "PASSWORD", "load", "opening", "people", "sign_ins"]

Say = Callable[[str], None]
SEED = 63
BUDGETS = {
    "scale-up": Decimal(4_000_000),
    "green-demonstration": Decimal(2_500_000),
    "green-retrofit": Decimal(6_000_000),
    "rd-investment": Decimal(4_000_000),
    "interest-subsidy": Decimal(330_000),
}
"""The last one is short on purpose, so that somebody waits for money."""
BUDGET_MEMO = "演示额度（合成数据，非真实预算）"
PACK = "banan-2022-63"
LATEST = dt.date(2022, 12, 31)
"""After it nobody can apply for the money items of the pack: a demo that starts later has its life before."""


def _life() -> Life:
    return Life(min(today(), LATEST))


def opening() -> dt.datetime:
    """The morning on which the demo district begins: some weeks before the day on which the demo stands."""
    return _life().opening


def load(*, enterprises: int, say: Say, life: bool = True) -> bool:
    """Fill an empty database; whatever is already there stays untouched. Returns whether anything was done.

    All of it or nothing: an interrupted first start begins anew. Without ``life`` the desks are empty, for
    whoever wants to make the first application himself.
    """
    if not settings.BABASHI_DEMO:
        raise RuntimeError("demo data outside demo mode")
    if Enterprise.objects.exists():
        return False
    if is_trial():
        return _trial(say)
    with transaction.atomic():
        weeks = _life()
        with frozen(weeks.opening if life else now()):
            _district(enterprises, say)
        if life:
            say("正在让合成的企业和部门办理一批申报…")
            tell_all(weeks, PACK)
            run_due_jobs(today()).require_whole()
    return True


def is_trial() -> bool:
    """Whether this is another district's trial of its own policies."""
    return demo_trial.is_on(PACK)


def _trial(say: Say) -> bool:
    if not demo_trial.make_people(PASSWORD):
        return False
    say(
        "已建立演示账号；没有合成企业。用 babashi register import 文件夹 --label 来源 导入自己的登记数据，"
        "再用 qiye1 认领企业、caizheng 安排预算。日期从 BABASHI_TODAY 开始，可在页面上方推进。"
    )
    return True


def people() -> list[tuple[str, str, str]]:
    """Every demo account: (who, user name, what for)."""
    return demo_trial.people() if is_trial() else demo_people.people()


def sign_ins() -> list[tuple[str, str, str]]:
    """The demo accounts to be printed: (who, user name, password)."""
    if is_trial():
        return [(who, username, PASSWORD) for who, username, _ in people()]
    return demo_people.sign_ins()


def _district(enterprises: int, say: Say) -> None:
    say("正在建立演示账号…")
    make_people()
    say(f"正在生成并导入 {enterprises} 户合成企业…")
    _register(enterprises)
    _memberships()
    say("正在安排演示额度、匹配并推送…")
    _budgets()
    _match()


def _register(count: int) -> None:
    from babashi.demo.write import write_district
    from babashi.enterprises.queries import dictionary
    from babashi.enterprises.services import import_register
    from babashi.register_io.reading import read_register

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "district"
        write_district(target, dictionary(), count=count, seed=SEED)
        register = read_register(target, dictionary())
    office = Department.objects.get(district=settings.BABASHI_DISTRICT, name=REFORM)
    import_register(register, label="演示登记数据", as_of=today(), by=None, department=office)


@transaction.atomic
def _memberships() -> None:
    from babashi.demo.names import uscc_of

    for clerk in CLERKS:
        enterprise = Enterprise.objects.get(uscc=uscc_of(SEED, clerk.enterprise))
        user = User.objects.get(username=clerk.username)
        Member.objects.create(enterprise=enterprise, user=user, role=MemberRole.OWNER, since=now())
        record(
            actor=None,
            action="enterprises.member_added",
            subject=("enterprise", str(enterprise.pk)),
            uscc=enterprise.uscc,
            details={"user": user.username, "reason": "演示账号"},
        )


def _budgets() -> None:
    from babashi.budget.services import appropriate

    treasurer = User.objects.get(username="caizheng")
    for item, amount in BUDGETS.items():
        appropriate(f"{PACK}/{item}", amount, by=treasurer, memo=BUDGET_MEMO)


def _match() -> None:
    from babashi.matching.services import rematch
    from babashi.outreach.services import push_matches

    push_matches(rematch(None, cause="import"))
