"""The log of every act, for auditors and administrators: search, details, and the proof that it is whole.

The page lives here because the log itself lies below accounts and knows no roles.
"""

import datetime as dt
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from babashi import listing
from babashi.accounts.models import Role
from babashi.accounts.permissions import official
from babashi.audit import queries, services
from babashi.audit.models import AuditEntry
from babashi.audit.names import kind_of, name_of

READERS = (Role.ADMINISTRATOR,)
KEYS = ("q", "part", "since", "until")
SORTS = {"sequence": ("sequence",), "actor": ("actor_label",), "action": ("action",)}


def _text(value: Any) -> str:
    if value is None or value == "":
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _part(entry: AuditEntry) -> str:
    return queries.PARTS.get(entry.action.split(".")[0], "其他")


COLUMNS = [
    listing.Column("序号", lambda entry: entry.sequence, 10),
    listing.Column("时间", lambda entry: f"{listing.local(entry.at):%Y-%m-%d %H:%M:%S}", 20),
    listing.Column("操作人", lambda entry: entry.actor_label, 24),
    listing.Column("业务", _part, 12),
    listing.Column("动作", lambda entry: name_of(entry.action), 24),
    listing.Column("动作代码", lambda entry: entry.action, 32),
    listing.Column("对象", lambda entry: kind_of(entry.subject_type), 14),
    listing.Column("对象类型", lambda entry: entry.subject_type, 16),
    listing.Column("对象编号", lambda entry: entry.subject_id, 36),
    listing.Column("统一社会信用代码", lambda entry: entry.uscc, 22),
    listing.Column("内容", lambda entry: _text(entry.details), 60),
    listing.Column("摘要", lambda entry: entry.digest, 68),
]


def _day(request: HttpRequest, key: str) -> dt.date | None:
    """A day of the filter; what is no day filters nothing."""
    try:
        return dt.date.fromisoformat(request.GET.get(key, ""))
    except ValueError:
        return None


@official(*READERS)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Every act, newest first."""
    back = listing.sticky(request, "audit", KEYS)
    if back:
        return back
    part = request.GET.get("part", "")
    part = part if part in queries.PARTS else ""
    text, since, until = listing.words(request), _day(request, "since"), _day(request, "until")
    found = listing.ordered(request, queries.entries(text, part, since, until), SORTS, "-sequence")
    if request.GET.get("export"):
        return listing.export(found, COLUMNS, request.GET["export"], "audit")
    page = listing.page_of(request, found)
    for entry in page.object_list:
        entry.part = _part(entry)
        entry.act = name_of(entry.action)
        entry.kind = kind_of(entry.subject_type)
        entry.lines = [(key, _text(value)) for key, value in sorted(entry.details.items())]
    context = {
        "page": page,
        "q": text,
        "part": part,
        "parts": queries.PARTS.items(),
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
    }
    return render(request, "accounts/audit.html", context)


@official(*READERS)
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say whether it holds. A read: auditors, who write nothing, need it most."""
    anchor = request.GET.get("anchor", "").strip()[:100]
    try:
        report, error = services.verify(expected=anchor), ""
    except ValueError as problem:
        report, error = None, str(problem)
    context = {"report": report, "anchor": anchor, "error": error}
    return render(request, "accounts/audit_verify.html", context, status=422 if error else 200)
