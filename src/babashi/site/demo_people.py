"""Who is in the demo: officials, clerks of enterprises, and somebody new. One published password opens them all.

Nothing of it exists outside demo mode: the start-up checks refuse to serve real data while one of them exists.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from babashi.accounts.models import Department, Role, User
from babashi.accounts.services import appoint
from babashi.audit.services import record

PASSWORD = "babashi-2022"  # nosec B105: published on purpose: it opens nothing but synthetic data
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
COLLEAGUES = (
    Official("shouli2", "演示·受理员二", ECONOMY, Role.ACCEPTOR),
    Official("chushen2", "演示·初审员二", ECONOMY, Role.FIRST_REVIEWER),
    Official("chushen3", "演示·初审员三", ECONOMY, Role.FIRST_REVIEWER),
    Official("fushen2", "演示·复审员二", ECONOMY, Role.SECOND_REVIEWER),
    Official("fushen3", "演示·复审员三", ECONOMY, Role.SECOND_REVIEWER),
    Official("shending2", "演示·审定人二", ECONOMY, Role.APPROVER),
    Official("bianzhi2", "演示·政策编制二", ECONOMY, Role.POLICY_AUTHOR),
    Official("caizheng2", "演示·财政核对二", FINANCE, Role.FINANCE),
    Official("bokuan2", "演示·财政拨付二", FINANCE, Role.FINANCE),
    Official("dengji2", "演示·档案管理二", REFORM, Role.REGISTRAR),
)
"""Whoever has decided on a case may not decide on it again: with one person a role, a case sent back would be stuck."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """A demo account that speaks for one of the hand-made enterprises (their order is fixed)."""

    username: str
    name: str
    enterprise: int
    story: str


CLERKS = (
    Clerk("qiye1", "演示·升规企业", 0, "2021年首次升规，可免申即享"),
    Clerk("qiye2", "演示·绿色示范企业", 1, "国家级绿色制造示范，奖励 10—20万元"),
    Clerk("qiye3", "演示·技改企业", 2, "两个节能项目，最高50万元"),
    Clerk("qiye4", "演示·研发企业", 3, "研发费用增长，最高38万元"),
    Clerk("qiye5", "演示·贴息企业", 4, "流动资金贷款贴息"),
    Clerk("qiye6", "演示·食品企业", 5, "食品安全责任险"),
    Clerk("qiye7", "演示·培训企业", 6, "定向培训"),
    Clerk("qiye8", "演示·多项企业", 7, "五项同享"),
)
NEWCOMER = ("xinren", "演示·新注册用户")
"""Belongs to no enterprise yet: for trying how one claims an enterprise."""
AGENTS = (
    ("daiban1", "演示·代办专员一"),
    ("daiban2", "演示·代办专员二"),
    ("daiban3", "演示·代办专员三"),
    ("daiban4", "演示·代办专员四"),
)
"""Each speaks for a dozen of the other enterprises, as a bookkeeping office does: the life of the demo is theirs."""


def sign_ins() -> list[tuple[str, str, str]]:
    """The demo accounts of the guided tour, to be printed: (who, user name, password)."""
    clerks = [(clerk.name, clerk.username, PASSWORD) for clerk in CLERKS]
    officials = [(one.name, one.username, PASSWORD) for one in OFFICIALS]
    return [*clerks, (NEWCOMER[1], NEWCOMER[0], PASSWORD), *officials]


def people() -> list[tuple[str, str, str]]:
    """Every demo account: (who, user name, what for)."""
    clerks = [(clerk.name, clerk.username, clerk.story) for clerk in CLERKS]
    officials = [
        (one.name, one.username, f"{one.department} · {one.role.label}") for one in (*OFFICIALS, *COLLEAGUES)
    ]
    agents = [(name, username, "为多家企业代办，可看各种状态的申报") for username, name in AGENTS]
    return [*clerks, (NEWCOMER[1], NEWCOMER[0], "尚未认领企业"), *officials, *agents]


@transaction.atomic
def make_people() -> None:
    """All accounts with their posts; the tour's come first."""
    secret = make_password(PASSWORD)
    names = {official.department for official in OFFICIALS}
    departments = {
        name: Department.objects.get_or_create(district=settings.BABASHI_DISTRICT, name=name)[0]
        for name in sorted(names)
    }
    for clerk in CLERKS:
        _account(clerk.username, clerk.name, secret)
    _account(*NEWCOMER, secret)
    for official in (*OFFICIALS, *COLLEAGUES):
        user = _account(official.username, official.name, secret)
        appoint(user, departments[official.department], official.role, by=None)
    for username, name in AGENTS:
        _account(username, name, secret)
    record(actor=None, action="site.demo_people_made", subject=("demo", "people"))


def _account(username: str, name: str, secret: str) -> User:
    defaults = {"display_name": name, "password": secret, "is_demo": True}
    return User.objects.get_or_create(username=username, defaults=defaults)[0]
