"""What the enterprise is told at each step: one message an event, never twice."""

from babashi.applications.models import Application, ApplicationEvent
from babashi.outreach.services import send

REMEDY = "如不服本决定，可以依法申请行政复议或者提起行政诉讼；受理机关和期限：待主管部门明确。"
"""Placeholder until the department names authority and time limit."""


PAUSED = "补正期间办理期限暂停计算。"


def progress_link(application: Application) -> str:
    """Where the enterprise follows its case."""
    return f"/progress/{application.public_id}/"


def tell(
    application: Application, event: ApplicationEvent, kind: str, subject: str, body: str, link: str = ""
) -> None:
    """Send a notice about an event of a case; the event's number makes it unique."""
    send(
        application.enterprise,
        kind=kind,
        subject=subject,
        body=body,
        link=link or progress_link(application),
        dedupe_key=f"application:{application.public_id}:{event.sequence}:{event.kind}",
        reason=f"您的申报 {application.number}（{application.item}）有新的进展。",
    )
