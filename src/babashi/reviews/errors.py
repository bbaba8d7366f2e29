"""What the review refuses, in words that say what to do."""

from collections.abc import Sequence

from babashi.audit.errors import Conflict, NotAllowed


class FourEyes(NotAllowed):
    """The person has decided on this case before."""

    def __init__(self) -> None:
        super().__init__(
            "您已经办理过这件申报的其他环节，须由另一人办理（一件申报不能由同一人办理两次）。",
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
        super().__init__(f"这件申报正由{who}办理。需要接手时，请先由其退回待办。", code="claimed")


class NotGrantable(Conflict):
    """The rule does not say *eligible* with a known ceiling, so nobody may pass or approve."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("现在不能通过：" + "；".join(reasons) + "。", code="not_grantable")
        self.reasons = list(reasons)
