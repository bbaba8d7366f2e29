"""What applications refuse, in words that say what to do."""

from collections.abc import Mapping

from babashi.applications.flow import EventKind, State
from babashi.audit.errors import Conflict, Invalid, NotAllowed


class WrongState(Conflict):
    """The act does not fit the state of the case."""

    def __init__(self, state: str, kind: str) -> None:
        where = State(state).label if state else "未开始"
        super().__init__(
            f"这件申报现在是“{where}”，不能“{EventKind(kind).label}”。请刷新页面查看最新进度。",
            code="wrong_state",
        )
        self.state = state
        self.kind = kind


class NotEditable(WrongState):
    """Somebody still types where nothing may be changed any more: it was sent, closed or taken back meanwhile."""

    def __init__(self, state: str) -> None:
        super().__init__(state, "submitted")
        where = State(state).label
        self.message = (
            f"这件申报现在是“{where}”，不能再修改，刚才填写的内容没有保存。请到“我的申报”查看进度。"
        )


class OwnEnterprise(NotAllowed):
    """The person speaks for the enterprise, or did so since the case began."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "您是这家企业的人员，须回避，不能办理它的申报。", code="own_enterprise")


class StaleRevision(Conflict):
    """Somebody saved in another window meanwhile; nothing was overwritten."""

    def __init__(self, current: int) -> None:
        super().__init__(
            "这份申报在另一个窗口（或由同事）修改过，为避免互相覆盖，本次内容没有保存。"
            "您在本页填写的内容还在：请在新窗口打开最新内容核对后再改。",
            code="stale_revision",
        )
        self.current = current


class ItemClosed(Conflict):
    """The last day for new applications is past, or the first day of the round has not come."""

    def __init__(self, why: str) -> None:
        super().__init__(why, code="item_closed")


class Mistakes(Invalid):
    """What was typed is wrong; one message a field."""

    def __init__(self, message: str, mistakes: Mapping[str, str]) -> None:
        super().__init__(message, {name: [text] for name, text in mistakes.items()})


class TooLong(Mistakes):
    """Texts of the form are longer than they may be; every field is one of the form's own."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        parts = "、".join(f"{limit} 个字" for limit in sorted(set(limits.values())))
        super().__init__(
            f"有 {len(limits)} 项内容太长（最多 {parts}），本次内容没有保存。请缩短后再保存。",
            {name: f"这一项太长，最多 {limit} 个字" for name, limit in limits.items()},
        )


class NotSubmittable(Mistakes):
    """The form cannot be sent yet; every reason at once, by field."""
