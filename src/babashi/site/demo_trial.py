"""The trial of another district: its own packs and register, demo people in every post, and the movable day.

The synthetic district and its life belong to the shipped policies; where those are not published, nobody is invented
but the officials whom the packs in force ask for, and a few accounts that can claim enterprises.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db import transaction

from babashi.accounts.models import Role, User
from babashi.accounts.services import appoint, make_department
from babashi.audit.services import record
from babashi.catalogue.models import PackVersion
from babashi.catalogue.queries import current_packs
from babashi.rules import Pack

TREASURY = "区财政局"
"""Where the money is paid when no pack says."""
_HANDS = {
    Role.ACCEPTOR: (("shouli", "演示·受理员"), ("shouli2", "演示·受理员二")),
    Role.FIRST_REVIEWER: (("chushen", "演示·初审员"), ("chushen2", "演示·初审员二")),
    Role.SECOND_REVIEWER: (("fushen", "演示·复审员"), ("fushen2", "演示·复审员二")),
    Role.APPROVER: (("shending", "演示·审定人"), ("shending2", "演示·审定人二")),
    Role.FINANCE: (("caizheng", "演示·财政核对"), ("bokuan", "演示·财政拨付")),
    Role.COORDINATOR: (("fagai", "演示·统筹协调"),),
    Role.REGISTRAR: (("dengji", "演示·档案管理"),),
    Role.POLICY_AUTHOR: (("bianzhi", "演示·政策编制"),),
    Role.POLICY_PUBLISHER: (("fabu", "演示·政策发布"),),
    Role.ADMINISTRATOR: (("guanli", "演示·系统管理"),),
    Role.AUDITOR: (("shenji", "演示·审计"),),
}
"""Two for whatever may come back: nobody decides on a case twice."""
_CLERKS = (("qiye1", "演示·企业一"), ("qiye2", "演示·企业二"), ("qiye3", "演示·企业三"))


def is_on(shipped: str) -> bool:
    """Whether this demo is of another district: the shipped policies are not published."""
    return not PackVersion.objects.filter(pack_id=shipped).exists()


@transaction.atomic
def make_people(password: str) -> bool:
    """The officials that the packs in force ask for; whether there were none before."""
    if User.objects.filter(is_demo=True).exists():
        return False
    secret, posts = make_password(password), posts_of(current_packs())
    for username, name in _CLERKS:
        _account(username, name, secret)
    for role, hands in _HANDS.items():
        for username, name in hands:
            user = _account(username, name, secret)
            for department in sorted(posts[role]):
                appoint(user, make_department(department, by=None), role, by=None)
    record(actor=None, action="site.demo_people_made", subject=("demo", "people"))
    return True


def posts_of(packs: Iterable[Pack]) -> dict[str, set[str]]:
    """The departments in which each role is needed."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    leads, coordinators = set(), set()
    for pack in packs:
        coordinators |= {pack.document.coordinator} - {""}
        for item in pack.items:
            leads.add(item.lead)
            for stage in item.process:
                found[stage.role].add(stage.department)
    office = min(coordinators or leads, default=TREASURY)
    found[Role.FINANCE] |= set() if found[Role.FINANCE] else {TREASURY}
    for role in _HANDS:
        found[role] |= set() if found[role] else {office}
    return dict(found)


def people() -> list[tuple[str, str, str]]:
    """Every account of the trial: (who, user name, what for)."""
    users = User.objects.filter(is_demo=True).prefetch_related("posts__department").order_by("pk")
    return [(str(user), user.username, _posts(user) or "先导入登记数据，再认领企业") for user in users]


def _posts(user: User) -> str:
    return "、".join(f"{post.department.name} · {post.get_role_display()}" for post in user.posts.all())


def _account(username: str, name: str, secret: str) -> User:
    return User.objects.create(username=username, display_name=name, password=secret, is_demo=True)
