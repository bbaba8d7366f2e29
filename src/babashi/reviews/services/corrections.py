"""A correction that is awaited: taken back by the official, or the case closed because nothing came (ADR 22)."""

from babashi.accounts.models import User
from babashi.applications.errors import Mistakes
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import correction_due, correction_grace_ends
from babashi.applications.services import lock, one_act, record_event
from babashi.audit.errors import Conflict
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import current_items
from babashi.catalogue.rounds import why_closed
from babashi.publicity.services import take_down
from babashi.reviews.models import StageTask
from babashi.reviews.queries import returned_task
from babashi.reviews.services.notices import REMEDY, tell
from babashi.reviews.services.tasks import open_next, require_may_decide
from babashi.rules.chinese import date_text
from babashi.workdays.clock import now, today


@one_act
def cancel_correction(application: Application, *, by: User, reason: str) -> StageTask | None:
    """The official takes the request for correction back; the request itself stays in the history."""
    reason = reason.strip()
    if not reason or len(reason) > 500:
        words = "请写明撤销补正要求的原因（500 字以内），企业会看到。"
        raise Mistakes(words, {"reason": "请写明原因（500 字以内）"})
    locked = lock(application)
    last = _awaited(locked, by)
    event = record_event(
        locked, EventKind.CORRECTION_CANCELLED, by=by, stage=locked.stage, payload={"reason": reason}
    )
    task = open_next(locked, by=by, remaining=last.remaining_days)
    tell(
        locked,
        event,
        "correction",
        f"不用补正了：{locked.item}（{locked.number}）",
        f"审核人员撤销了补正要求，申报继续办理。{reason}",
    )
    return task


@one_act
def lapse_correction(application: Application, *, by: User) -> Application:
    """Close a case whose correction did not come in time, nor in the grace after it; a second click changes nothing.

    It holds no money: what is reserved is reserved by an approval, and from there nothing returns to the applicant.
    What ends is its place: the enterprise may apply again for the item, or for another one of its kind.
    """
    locked = lock(application)
    if locked.state == State.LAPSED:
        return locked
    _awaited(locked, by)
    due, end = correction_due(locked), correction_grace_ends(locked)
    assert due is not None  # the case awaits a correction, as was just seen
    assert end is not None
    if today() <= end.day:
        raise Conflict(
            f"还不能按逾期未补正办结：补正期限是 {date_text(due.day)}，{date_text(end.day)}以后仍没有收到补正的，才可以办结。",
            code="grace_runs",
        )
    event = record_event(
        locked,
        EventKind.CORRECTION_LAPSED,
        by=by,
        stage=locked.stage,
        payload={"due_on": due.day.isoformat(), "note": how_to_apply_again(locked)},
        ended_at=now(),
    )
    take_down(locked)
    _tell_lapsed(locked, event, date_text(due.day))
    return locked


def may_apply_again(application: Application) -> bool:
    """Whether the item of a case still takes applications, be it in a later round."""
    return _takes_again(application) is not None


def _takes_again(application: Application) -> CatalogueItem | None:
    item = current_items().filter(full_id=application.full_id).first()
    return item if item is not None and not why_closed(item, today()) else None


def apply_again_link(application: Application) -> str:
    """The form of the same item for the same enterprise; nothing once the item takes no more."""
    if not may_apply_again(application):
        return ""
    return f"/applications/new/{application.full_id}/?uscc={application.enterprise.uscc}"


def how_to_apply_again(application: Application) -> str:
    """What an enterprise can do after its case was closed without a correction."""
    item = _takes_again(application)
    if item is not None:
        return f"这不是不予支持，不影响重新申报：{date_text(item.until)}前可以重新申报“{item}”，补齐材料后提交即可。"
    return f"“{application.item}”已经截止，不能重新申报；有特殊情况的，请联系{application.item.lead}。"


def _awaited(locked: Application, by: User) -> StageTask:
    """The task that asked for the correction, if the person may decide there."""
    last = returned_task(locked)
    if locked.state != State.CORRECTION or last is None:
        raise Conflict(
            "这件申报没有待补正的要求：补正可能已经收到，或要求已经撤销。请刷新页面。", code="no_correction"
        )
    last.application, last.claimed_by = locked, None
    require_may_decide(last, by)
    return last


def _tell_lapsed(application: Application, event: ApplicationEvent, due: str) -> None:
    tell(
        application,
        event,
        "decision",
        f"逾期未补正，已办结：{application.item}（{application.number}）",
        "\n".join(
            [f"要求在 {due} 前补正，至今没有收到，这件申报按逾期未补正办结。", event.payload["note"], REMEDY]
        ),
        link=apply_again_link(application),
    )
