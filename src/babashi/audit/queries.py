"""Reading the log."""

from django.db.models import Q, QuerySet

from babashi.audit.models import AuditEntry


def entries(text: str = "") -> QuerySet[AuditEntry]:
    """The newest first; ``text`` looks into actor, action, subject and USCC."""
    found = AuditEntry.objects.select_related("actor").order_by("-sequence")
    text = text.strip()
    if text:
        found = found.filter(
            Q(actor_label__icontains=text)
            | Q(action__icontains=text)
            | Q(subject_id__iexact=text)
            | Q(uscc__iexact=text)
        )
    return found
