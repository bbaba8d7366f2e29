"""Reading the log."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from babashi.audit.models import AuditEntry
from babashi.audit.names import acts_called

PARTS = {
    "accounts": "账号岗位",
    "enterprises": "企业档案",
    "files": "文件",
    "catalogue": "政策包",
    "matching": "匹配",
    "outreach": "推送",
    "budget": "预算",
    "applications": "申报",
    "publicity": "公示",
    "reviews": "审核",
    "payments": "兑付",
    "feedback": "反馈",
}
"""The parts of the platform that write into the log, as the first word of an action."""


def acts_on(action: str, subject_type: str, subject_ids: Iterable[str]) -> dict[str, AuditEntry]:
    """The last entry of one act for each of these subjects that has one."""
    found = AuditEntry.objects.filter(
        subject_type=subject_type, subject_id__in=list(subject_ids), action=action
    )
    return {entry.subject_id: entry for entry in found.order_by("sequence")}


def entries(
    text: str = "", part: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[AuditEntry]:
    """The newest first; ``text`` looks into actor, act (either name), subject and USCC; both days are included."""
    found = AuditEntry.objects.select_related("actor").order_by("-sequence")
    text = text.strip()
    if text:
        found = found.filter(
            Q(actor_label__icontains=text)
            | Q(action__icontains=text)
            | Q(action__in=acts_called(text))
            | Q(subject_id__iexact=text)
            | Q(uscc__iexact=text)
        )
    if part:
        found = found.filter(action__startswith=f"{part}.")
    if since:
        found = found.filter(at__date__gte=since)
    if until:
        found = found.filter(at__date__lte=until)
    return found
