"""The ways into the review and out of it by the applicant: send, confirm, correct, withdraw."""

from babashi.accounts.models import User
from babashi.applications import services as applications
from babashi.applications.flow import EventKind, State
from babashi.applications.models import Application, ApplicationEvent
from babashi.applications.queries import last_event
from babashi.applications.services import one_act
from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.models import BankAccount, Enterprise
from babashi.publicity.services import take_down
from babashi.reviews.models import Outcome, StageTask
from babashi.reviews.services.notices import tell
from babashi.reviews.services.tasks import close_open, open_next


@one_act
def submit_and_open(
    application: Application,
    *,
    revision: int,
    by: User,
    bank_account: BankAccount | None = None,
    consent: bool = True,
) -> Application:
    """Send an application and open its first stage. A second click or a second window gets the same case."""
    sent = applications.submit(
        application, revision=revision, by=by, bank_account=bank_account, consent=consent
    )
    return _open_once(sent, EventKind.SUBMITTED, by)


@one_act
def submit_automatic_and_open(
    enterprise: Enterprise,
    item: CatalogueItem,
    *,
    bank_account: BankAccount | None,
    by: User,
    consent: bool = True,
) -> Application:
    """免申即享: confirm and open the first stage that still needs somebody."""
    sent = applications.submit_automatic(enterprise, item, bank_account=bank_account, by=by, consent=consent)
    return _open_once(sent, EventKind.CONFIRMED, by)


@one_act
def resubmit_and_reopen(application: Application, *, revision: int, by: User) -> Application:
    """Hand in a correction and go on where it was asked, with the working days that were left."""
    sent = applications.resubmit(application, revision=revision, by=by)
    if sent.state != State.SUBMITTED:
        return sent
    open_next(sent, by=by, remaining=_remaining(sent))
    _tell(sent, EventKind.CORRECTED, "补正已收到", "补正已收到，办理期限继续计算。")
    return sent


@one_act
def withdraw_and_close(
    application: Application, *, by: User, reason: str = "", draft_only: bool = False
) -> Application:
    """Take an application back before it is decided; its open task ends, a public entry is taken down."""
    gone = applications.withdraw(application, by=by, reason=reason, draft_only=draft_only)
    close_open(gone, Outcome.WITHDRAWN, by=by, opinion=reason[:500])
    take_down(gone)
    return gone


def _open_once(application: Application, kind: str, by: User) -> Application:
    """Open the first stage, unless that has been done: then the case was sent before."""
    if application.state != State.SUBMITTED:
        return application
    open_next(application, by=by)
    _tell(
        application,
        kind,
        "申报已收到" if kind == EventKind.SUBMITTED else "免申即享已确认",
        "已进入办理。每一步都会通知您，也可以随时查看进度。",
    )
    return application


def _remaining(application: Application) -> int | None:
    last = StageTask.objects.filter(application=application, outcome=Outcome.RETURNED).order_by("-id").first()
    return last.remaining_days if last else None


def _tell(application: Application, kind: str, what: str, body: str) -> None:
    event: ApplicationEvent | None = last_event(application, kind)
    if event is not None:
        tell(
            application,
            event,
            "application",
            f"{what}：{application.item}（{application.number}）",
            body,
        )
