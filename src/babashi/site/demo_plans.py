"""Where each synthetic application stands when the demo begins: one line a case, by item, in the order of the
enterprises that can have the item. Fewer enterprises give fewer cases."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    """One case: how far it comes (``until``), and what happens on the way.

    ``until`` is a stage at which it is left open, or draft, correction, refused, withdrawn, lapsed, ready (a payment waits
    for its batch), batched, exported, returned (by the bank), repaid, paid. ``idle``: working days left
    since the last act.
    """

    until: str
    idle: int = 1
    corrected: bool = False
    sent_back: bool = False
    claimed: bool = False
    objection: str = ""
    """open, dismissed or upheld."""
    arrived: bool | None = True
    """What the enterprise says of the money; ``None``: nothing yet."""
    stars: int = 0
    comment: str = ""
    reply: str = ""
    complaint: str = ""
    """Said three working days after the submission."""
    settled: str = ""
    """The answer to it, if there is one already."""


SLOW = "从提交到到账快一个月，中间不知道卡在哪里。"
PLANS: Final[dict[str, tuple[Plan, ...]]] = {
    "scale-up": (
        Plan("paid", 6, stars=5, comment="没有填表，点两下就办好了。"),
        Plan("paid", 2, stars=4),
        Plan("publicity", 1),
        Plan("exported", 1),
        Plan("finance-check", 1),
        Plan("returned", 5),
        Plan("acceptance", 0),
        Plan("batched", 1),
        Plan("approval", 1),
        Plan("paid", 0, arrived=None),
        Plan("publicity", 3),
        Plan("ready", 0),
    ),
    "green-demonstration": (
        Plan("paid", 3, stars=5, comment="审核人员很耐心。", reply="感谢肯定，我们继续努力。"),
        Plan("publicity", 2, objection="open"),
        Plan("correction", 6),
        Plan("refused", 3, stars=2, comment="理由写得清楚，但希望早点告知。"),
        Plan("second-review", 1),
        Plan("paid", 1, arrived=False),
        Plan("draft", 8),
        Plan("withdrawn", 4),
        Plan("acceptance", 2),
    ),
    "green-retrofit": (
        Plan(
            "paid",
            4,
            stars=1,
            comment=SLOW,
            reply="已核查：公示五个工作日，其余环节都在期限内；每一步的时间在进度页可以看到。",
        ),
        Plan("first-review", 2, claimed=True),
        Plan("publicity", 3, objection="dismissed"),
        Plan("approval", 1),
        Plan("refused", 2),
        Plan("finance-check", 2),
        Plan("correction", 1),
        Plan("paid", 1, corrected=True, stars=4, comment="补正要求写得明白。"),
        Plan("second-review", 4, complaint="材料已经交过两次，窗口又要一份，希望一次说清。"),
        Plan("ready", 0),
        Plan("acceptance", 1),
        Plan("first-review", 1, objection="upheld"),
        Plan("exported", 1),
        Plan("draft", 5),
        Plan("publicity", 0),
        Plan("lapsed", 1),
        Plan("first-review", 7),
    ),
    "rd-investment": (
        Plan("paid", 2, stars=5),
        Plan("first-review", 1, sent_back=True),
        Plan("correction", 8),
        Plan("batched", 1),
        Plan(
            "finance-check",
            1,
            complaint="打电话问进度，三次没有人接。",
            settled="已督促牵头单位保持热线畅通，今天已回电。",
        ),
        Plan("repaid", 0),
        Plan("publicity", 2),
        Plan("refused", 5),
        Plan("acceptance", 0),
        Plan("second-review", 1),
        Plan("approval", 0),
        Plan("draft", 1),
        Plan("first-review", 3, claimed=True),
    ),
    "interest-subsidy": (
        Plan("paid", 5, stars=3, comment="贴息算得很清楚，希望额度多一些。"),
        Plan("draft", 9),
        Plan("first-review", 1),
        Plan("ready", 2),
        Plan("ready", 1),
        Plan("approval", 1),
    ),
}
"""The money of interest-subsidy does not last: the later ones of its ready cases wait in the queue."""

INTERESTS: Final[dict[str, tuple[str, ...]]] = {
    "food-insurance": ("", "", "contacted", "closed", "", "contacted"),
    "targeted-training": ("contacted", "", "closed", "", ""),
}
"""Expressions of interest by item: how the lead department has answered, if it has."""

PENDING_CLAIMS: Final = 2

REFUSALS: Final[dict[str, tuple[str, str]]] = {
    "green-demonstration": ("green-title", "证书由行业协会颁发，不是国家、市级示范称号。"),
    "green-retrofit": ("qualifying-project", "现场核查，设备还没有安装，改造尚未实施。"),
    "rd-investment": ("rd-intensity", "专项审计报告核减研发费用后，强度低于同行业平均。"),
}
"""By item: the condition that is not met, and what the reviewer found."""

BEFORE_END: Final[dict[str, int]] = {
    "draft": 1, "acceptance": 2, "first-review": 3, "second-review": 5, "finance-check": 6, "publicity": 7,
    "approval": 13, "ready": 15, "batched": 19, "exported": 20, "returned": 22, "repaid": 26, "paid": 25,
    "correction": 4, "refused": 5, "withdrawn": 4, "lapsed": 20,
}  # fmt: skip
"""Working days that an ordinary case needs to come that far."""
DETOURS: Final[dict[str, int]] = {"corrected": 3, "sent_back": 2}
UPHELD_DAYS: Final = 6
"""Up to publicity and, after an upheld objection, back to the first review."""
AUTOMATIC_SAVES: Final = 4
"""Working days that an automatic grant is faster: nobody judges facts that are official."""


def before_end(plan: Plan, automatic: bool) -> int:
    """How many working days before the last one a case has to begin."""
    days = BEFORE_END[plan.until] + plan.idle
    days += sum(more for name, more in DETOURS.items() if getattr(plan, name))
    if plan.objection == "upheld":
        days += UPHELD_DAYS
    if automatic and BEFORE_END[plan.until] > BEFORE_END["second-review"]:
        days -= AUTOMATIC_SAVES
    return days
