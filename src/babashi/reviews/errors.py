"""What the review refuses, in words that say what to do."""

from collections.abc import Sequence

from babashi.audit.errors import Conflict, NotAllowed


class FourEyes(NotAllowed):
    """The person has decided on this case before; ``others`` says who could act instead."""

    def __init__(self, others: str = "") -> None:
        super().__init__(
            "您已经办理过这件申报，须由另一人办理（一件申报不能由同一人办理两个环节）。" + others,
            code="four_eyes",
        )


class AlreadyDecided(Conflict):
    """Somebody else was faster."""

    def __init__(self, who: str, outcome: str) -> None:
        super().__init__(
            f"这一环节已由{who}办理（{outcome}），您的意见没有提交。请刷新页面。", code="already_decided"
        )


class ClaimedByAnother(Conflict):
    """Somebody else has taken the task."""

    def __init__(self, who: str) -> None:
        super().__init__(
            f"这件申报正由{who}办理。需要接手时，请其退回待办；其不在岗时，由审定人员或统筹协调人员改派。",
            code="claimed",
        )


class NotGrantable(Conflict):
    """The rule does not say *eligible* with a known ceiling, so nobody may pass or approve."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("现在不能通过：" + "；".join(reasons) + "。", code="not_grantable")
        self.reasons = list(reasons)
