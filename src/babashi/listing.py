"""Lists the same way everywhere: words, filters that stay, sorting, pages, export. Used by all desks."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from babashi.audit.errors import Invalid

PAGE_SIZE = 25
EXPORT_LIMIT = 50_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | None


def whole_number(text: str) -> int | None:
    """A number that a form or an address brought, as a key may be; None when it is none (nine digits are enough)."""
    return int(text) if text.isdecimal() and len(text) <= 9 else None


@dataclass(frozen=True)
class Column:
    """One column of an export."""

    title: str
    value: Callable[[Any], Cell]
    width: int = 16


def sticky(request: HttpRequest, name: str, keys: Sequence[str]) -> HttpResponseRedirect | None:
    """Filters that stay: remembered in the session, brought back when the list is opened without any.

    ``?clear=1`` forgets them. Returns the redirect to answer with, or ``None`` to go on.
    """
    slot = f"filters:{name}"
    given = {key: request.GET[key] for key in keys if request.GET.get(key)}
    if "clear" in request.GET:
        request.session.pop(slot, None)
        return HttpResponseRedirect(request.path)
    if any(key in request.GET for key in keys):
        if request.session.get(slot, {}) != given:
            request.session[slot] = given
        return None
    remembered: Mapping[str, str] = request.session.get(slot) or {}
    if not remembered or "page" in request.GET or "sort" in request.GET:
        return None
    query = request.GET.copy()
    query.update(remembered)
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")


def ordered(
    request: HttpRequest, rows: QuerySet[Any], fields: Mapping[str, Sequence[str]], default: str
) -> QuerySet[Any]:
    """Sort by ``?sort=name`` or ``?sort=-name`` among known names; the id breaks ties."""
    wanted = request.GET.get("sort", "") or default
    back, name = wanted.startswith("-"), wanted.removeprefix("-")
    if name not in fields:
        back, name = default.startswith("-"), default.removeprefix("-")
    columns = [_direction(column, back) for column in fields[name]]
    return rows.order_by(*columns, "-pk" if back else "pk")


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], size: int = PAGE_SIZE) -> Page[Any]:
    """The page that the address names; the nearest one when there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page", "1"))


def words(request: HttpRequest, key: str = "q") -> str:
    """What was typed into the search box, bounded."""
    return request.GET.get(key, "").strip()[:80].replace("\x00", "")


def local(moment: datetime) -> datetime:
    """A stored moment in the time of the district, for exports."""
    return timezone.localtime(moment)


def export(
    rows: QuerySet[Any] | Sequence[Model], columns: Sequence[Column], fmt: str, name: str
) -> HttpResponse:
    """A list as CSV (UTF-8 with BOM) or XLSX. Text that a spreadsheet would run as a formula is defused."""
    if fmt not in ("csv", "xlsx"):
        raise Invalid("请选择导出为 CSV 或 XLSX。", {"format": ["只能是 csv 或 xlsx"]})
    found = rows[:EXPORT_LIMIT]
    body = csv_bytes(found, columns) if fmt == "csv" else xlsx_bytes(found, columns)
    content_type = "text/csv; charset=utf-8" if fmt == "csv" else XLSX
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{fmt}"'
    return response


def defused(value: Cell) -> str:
    """The text of a cell, with a leading apostrophe where a spreadsheet would see a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _direction(column: str, back: bool) -> str:
    return f"-{column}" if back else column


def csv_bytes(rows: Iterable[Any], columns: Sequence[Column]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow([defused(column.value(row)) for column in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    name: str
    rows: Iterable[Any]
    columns: Sequence[Column]


def xlsx_bytes(rows: Iterable[Any], columns: Sequence[Column]) -> bytes:
    return workbook_bytes([Sheet("列表", rows, columns)])


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """Several lists in one workbook."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, head, money)
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet, head: Any, money: Any) -> None:
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.title, head)
    for line, row in enumerate(sheet.rows, 1):
        for number, column in enumerate(sheet.columns):
            value = column.value(row)
            if isinstance(value, Decimal):
                page.write_number(line, number, float(value), money)
            elif isinstance(value, int):
                page.write_number(line, number, value)
            elif value is not None:
                page.write_string(line, number, defused(value))
    page.freeze_panes(1, 0)
