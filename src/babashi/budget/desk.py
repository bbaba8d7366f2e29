"""The budget desk of 区财政局: balances per item, additions and reductions, the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from babashi import listing
from babashi.accounts.models import Role
from babashi.accounts.permissions import has_role, official
from babashi.audit.errors import Conflict, Invalid
from babashi.budget import queries, services
from babashi.budget.errors import InsufficientFunds
from babashi.budget.forms import ChangeForm
from babashi.budget.models import EntryKind, LedgerEntry
from babashi.catalogue.queries import choices

READERS = (Role.FINANCE, Role.APPROVER, Role.COORDINATOR)
LEDGER_SORTS = {
    "at": ("at",),
    "amount": ("amount",),
    "kind": ("kind",),
    "item": ("appropriation__full_id",),
    "reference": ("reference", "payment_number"),
}
LOWERS_FREE = {EntryKind.REDUCED, EntryKind.RESERVED}
BALANCE_COLUMNS = [
    listing.Column("事项编号", lambda row: row.full_id, 32),
    listing.Column("事项", lambda row: row.title, 36),
    listing.Column("牵头单位", lambda row: row.lead, 18),
    listing.Column("预算（元）", lambda row: row.total, 18),
    listing.Column("占用（元）", lambda row: row.reserved, 18),
    listing.Column("已支付（元）", lambda row: row.paid, 18),
    listing.Column("可用（元）", lambda row: row.free, 18),
]


def _is_finance(request: HttpRequest) -> bool:
    return has_role(request.user, Role.FINANCE)


@official(*READERS)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Balances per item; an export holds what the page shows."""
    text = listing.words(request)
    shown = [
        row for row in queries.balances() if text in row.title or text in row.full_id or text in row.lead
    ]
    if request.GET.get("export"):
        return listing.export(shown, BALANCE_COLUMNS, request.GET["export"], "budget")
    context = {"rows": shown, "sum": queries.totals(shown), "q": text, "may_change": _is_finance(request)}
    return render(request, "budget/overview.html", context)


@official(Role.FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Add to or take from an item's money."""
    rows = queries.balances()
    names = dict(choices(row.full_id for row in rows))
    items = [(row.full_id, f"{names[row.full_id]}（可用 {row.free:,.2f} 元）") for row in rows]
    chosen = request.GET.get("item", "")
    form = ChangeForm(request.POST or None, items=items, initial={"full_id": chosen})
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        return redirect("budget:overview")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "budget/change.html", {"form": form}, status=status)


def _changed(request: HttpRequest, form: ChangeForm) -> bool:
    """Carry the change out; a refusal is shown beside the field it is about."""
    data = form.cleaned_data
    amount: Decimal = data["amount"]
    verb = services.appropriate if data["change"] == "add" else services.reduce
    try:
        row = verb(
            data["full_id"], amount, by=request.user, memo=data["memo"], reference=f"YS-{data['token']}"
        )
    except Invalid as error:
        for field, sentences in error.field_errors.items():
            form.add_error(field if field in form.fields else None, sentences)
        return False
    except InsufficientFunds as error:
        most = f"最多可以调减可用的 {error.free:,.2f} 元：已经占用和支付的不能动。"
        form.add_error("amount", most)
        return False
    except Conflict as error:
        form.add_error("amount", error.message)
        return False
    word, waiting = "调减", ""
    if data["change"] == "add":
        word, waiting = "追加", "在排队的申报每晚自动按次序安排，也可以现在到“等待额度”安排。"
    messages.success(request, f"已{word} {amount:,.2f} 元，该事项现有预算 {row.total:,.2f} 元。{waiting}")
    return True


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A movement in the list."""

    entry: LedgerEntry
    item: str
    """The item in words."""
    lowers_free: bool
    """Whether it leaves less free money."""


@official(*READERS)
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every movement, newest first."""
    back = listing.sticky(request, "ledger", ("q", "kind", "item"))
    if back:
        return back
    text, kind, item = listing.words(request), request.GET.get("kind", ""), request.GET.get("item", "")
    kind = kind if kind in EntryKind.values else ""
    entries = listing.ordered(request, queries.ledger(text, kind, item), LEDGER_SORTS, "-at")
    titles = queries.titles()
    if request.GET.get("export"):
        return listing.export(entries, _ledger_columns(titles), request.GET["export"], "ledger")
    page = listing.page_of(request, entries)
    page.object_list = [
        LedgerLine(entry, _item_of(entry, titles), entry.kind in LOWERS_FREE) for entry in page.object_list
    ]
    context = {
        "page": page,
        "q": text,
        "kind": kind,
        "kinds": EntryKind.choices,
        "item": item,
        "items": choices(row.full_id for row in queries.balances()),
    }
    return render(request, "budget/ledger.html", context)


def _item_of(entry: LedgerEntry, titles: Mapping[str, str]) -> str:
    full_id = entry.appropriation.full_id
    return titles.get(full_id, full_id)


def _ledger_columns(titles: Mapping[str, str]) -> list[listing.Column]:
    return [
        listing.Column("序号", lambda entry: entry.pk, 10),
        listing.Column("时间", lambda entry: f"{listing.local(entry.at):%Y-%m-%d %H:%M:%S}", 20),
        listing.Column("事项", lambda entry: _item_of(entry, titles), 36),
        listing.Column("类别", lambda entry: entry.get_kind_display(), 12),
        listing.Column("金额（元）", lambda entry: entry.amount, 18),
        listing.Column("单号", lambda entry: entry.reference, 36),
        listing.Column("支付编号", lambda entry: entry.payment_number, 20),
        listing.Column("依据", lambda entry: entry.memo, 40),
        listing.Column("经办", lambda entry: str(entry.by) if entry.by else "系统", 16),
    ]
