"""The demo: a synthetic district with its people and money. Nothing of it exists outside demo mode.

Accounts have one published password, so the start-up checks refuse to serve real data while one of them exists.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from babashi.accounts.models import Department, Role, User
from babashi.accounts.services import appoint
from babashi.audit.services import record
from babashi.enterprises.models import Enterprise, Member, MemberRole
from babashi.workdays.clock import now, today

Say = Callable[[str], None]
PASSWORD = "babashi-2022"  # nosec B105: published on purpose: it opens nothing but synthetic data
SEED = 63
ECONOMY, FINANCE = "区经济信息委", "区财政局"
COMMERCE, MARKET, LABOUR = "区商务委", "区市场监管局", "区人力社保局"
REFORM, OFFICE, AUDIT = "区发展改革委", "区政府办公室", "区审计局"


@dataclass(frozen=True, slots=True)
class Official:
    """A demo official: one post, one account."""

    username: str
    name: str
    department: str
    role: Role


OFFICIALS = (
    Official("shouli", "演示·受理员", ECONOMY, Role.ACCEPTOR),
    Official("chushen", "演示·初审员", ECONOMY, Role.FIRST_REVIEWER),
    Official("fushen", "演示·复审员", ECONOMY, Role.SECOND_REVIEWER),
    Official("shending", "演示·审定人", ECONOMY, Role.APPROVER),
    Official("caizheng", "演示·财政核对", FINANCE, Role.FINANCE),
    Official("bokuan", "演示·财政拨付", FINANCE, Role.FINANCE),
    Official("shangwu", "演示·商务受理", COMMERCE, Role.ACCEPTOR),
    Official("shijian", "演示·市场监管受理", MARKET, Role.ACCEPTOR),
    Official("renshe", "演示·人社受理", LABOUR, Role.ACCEPTOR),
    Official("fagai", "演示·统筹协调", REFORM, Role.COORDINATOR),
    Official("dengji", "演示·档案管理", REFORM, Role.REGISTRAR),
    Official("bianzhi", "演示·政策编制", ECONOMY, Role.POLICY_AUTHOR),
    Official("fabu", "演示·政策发布", OFFICE, Role.POLICY_PUBLISHER),
    Official("guanli", "演示·系统管理", OFFICE, Role.ADMINISTRATOR),
    Official("shenji", "演示·审计", AUDIT, Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class Clerk:
    """A demo account that speaks for one of the hand-made enterprises (their order is fixed)."""

    username: str
    name: str
    enterprise: int
    story: str


CLERKS = (
    Clerk("qiye1", "演示·升规企业", 0, "2021 年首次升规，可免申即享"),
    Clerk("qiye2", "演示·绿色示范企业", 1, "国家级绿色制造示范，奖励 10—20万元"),
    Clerk("qiye3", "演示·技改企业", 2, "两个节能项目，最高 50万元"),
    Clerk("qiye4", "演示·研发企业", 3, "研发费用增长，最高 38万元"),
    Clerk("qiye5", "演示·贴息企业", 4, "流动资金贷款贴息"),
    Clerk("qiye6", "演示·食品企业", 5, "食品安全责任险"),
    Clerk("qiye7", "演示·培训企业", 6, "定向培训"),
    Clerk("qiye8", "演示·多项企业", 7, "五项同享"),
)
NEWCOMER = ("xinren", "演示·新注册用户")
"""Belongs to no enterprise yet: for trying how one claims an enterprise."""
BUDGETS = {
    "scale-up": Decimal(3_000_000),
    "green-demonstration": Decimal(2_000_000),
    "green-retrofit": Decimal(5_000_000),
    "rd-investment": Decimal(4_000_000),
    "interest-subsidy": Decimal(3_000_000),
}
BUDGET_MEMO = "演示额度（合成数据，非真实预算）"
PACK = "banan-2022-63"


def sign_ins() -> list[tuple[str, str, str]]:
    """Demo accounts: (who, user name, password)."""
    return [(who, username, PASSWORD) for who, username, _ in people()]


def people() -> list[tuple[str, str, str]]:
    """Demo accounts for the sign-in page: (who, user name, what for)."""
    clerks = [(clerk.name, clerk.username, clerk.story) for clerk in CLERKS]
    officials = [(one.name, one.username, f"{one.department} · {one.role.label}") for one in OFFICIALS]
    return [*clerks, (NEWCOMER[1], NEWCOMER[0], "尚未认领企业"), *officials]


def load(*, enterprises: int, say: Say) -> bool:
    """Fill an empty database; whatever is already there stays untouched. Returns whether anything was done."""
    if not settings.BABASHI_DEMO:
        raise RuntimeError("demo data outside demo mode")
    if Enterprise.objects.exists():
        return False
    say("正在建立演示账号…")
    _people()
    say(f"正在生成并导入 {enterprises} 户合成企业…")
    _district(enterprises)
    _memberships()
    say("正在安排演示额度、匹配并推送…")
    _budgets()
    _match()
    return True


@transaction.atomic
def _people() -> None:
    secret = make_password(PASSWORD)
    names = {official.department for official in OFFICIALS}
    departments = {
        name: Department.objects.get_or_create(district=settings.BABASHI_DISTRICT, name=name)[0]
        for name in sorted(names)
    }
    for official in OFFICIALS:
        user = _account(official.username, official.name, secret)
        appoint(user, departments[official.department], official.role, by=None)
    for clerk in CLERKS:
        _account(clerk.username, clerk.name, secret)
    _account(*NEWCOMER, secret)
    record(actor=None, action="site.demo_people_made", subject=("demo", "people"))


def _account(username: str, name: str, secret: str) -> User:
    defaults = {"display_name": name, "password": secret, "is_demo": True}
    return User.objects.get_or_create(username=username, defaults=defaults)[0]


def _district(count: int) -> None:
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


@dataclass(frozen=True, slots=True)
class TourStep:
    """One step of the guided tour."""

    title: str
    text: str
    path: str
    who: str
    username: str = ""


TOUR = (
    TourStep(
        "看政策", "通知的八个事项，每一项都写明谁能享、享多少、怎么办、何时到、找谁。", "/policies/", "任何人"
    ),
    TourStep("问一问", "不用登录，回答几个问题，就知道能享受什么。", "/match/questionnaire/", "任何人"),
    TourStep(
        "看结果",
        "合成企业已经匹配好：每个条件是否符合、用的什么数、从哪里来。",
        "/match/",
        "演示·多项企业",
        "qiye8",
    ),
    TourStep("收消息", "新匹配到的政策会主动推送，并说明原因。", "/inbox/", "演示·绿色示范企业", "qiye2"),
    TourStep(
        "申报",
        "表单由政策生成，已知的资料已经填好；边填边存，核对后提交。",
        "/policies/",
        "演示·绿色示范企业",
        "qiye2",
    ),
    TourStep("免申即享", "升规奖励不用申报：确认收款账户和承诺就可以。", "/match/", "演示·升规企业", "qiye1"),
    TourStep(
        "受理和审核",
        "受理、初审、复审、财政核对，每一步换一个人；可以退回补正。",
        "/desk/cases/",
        "演示·受理员",
        "shouli",
    ),
    TourStep(
        "公示",
        "公示若干个工作日，任何人都可以提出异议。用上方的“到下一期限”走过公示期。",
        "/publicity/",
        "任何人",
    ),
    TourStep(
        "审定和拨付",
        "审定金额占用预算；财政组批、导出给国库，再导入银行回单。",
        "/desk/payments/",
        "演示·财政拨付",
        "bokuan",
    ),
    TourStep(
        "看到账",
        "企业看到每一步的日期和单号，确认到账并评价。",
        "/applications/",
        "演示·绿色示范企业",
        "qiye2",
    ),
)
