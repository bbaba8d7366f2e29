"""Template tags that every page may use without loading them: money, dates, icons, lists, deadlines, charts."""

from __future__ import annotations

import functools
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import lucide
from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from babashi.rules.chinese import ceiling_text, money_text
from babashi.rules.places import article_words
from babashi.site import charts

register = template.Library()

FEN = Decimal("0.01")
UNKNOWN_AMOUNT = "金额待定"


def _amount(value: Any) -> Decimal | None:
    """An amount in yuan to the fen, or None when there is none: missing is never zero."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        raise TypeError("money is Decimal or integer, never float")
    try:
        return Decimal(value).quantize(FEN, ROUND_HALF_UP)
    except InvalidOperation as error:
        raise TypeError(f"not an amount: {value!r}") from error


@register.filter
def yuan(value: Any, none: str = UNKNOWN_AMOUNT) -> str:
    """`200,000.00 元`, for places where money is handled."""
    amount = _amount(value)
    return none if amount is None else f"{amount:,.2f} 元"


@register.filter
def fen(value: Any) -> int:
    """An amount as whole fen, for sums that a script makes."""
    amount = _amount(value)
    return int(amount * 100) if amount is not None else 0


@register.filter
def wan(value: Any, none: str = UNKNOWN_AMOUNT) -> str:
    """`20万元`, for running text, in the same words as messages: :func:`babashi.rules.chinese.money_text`."""
    amount = _amount(value)
    return none if amount is None else money_text(amount)


@register.simple_tag
def amount_range(floor: Any, ceiling: Any) -> str:
    """What a rule gives in running text: `20万元`, `10万元—20万元`, `最高38万元`, `金额待定`."""
    low, high = _amount(floor), _amount(ceiling)
    if high is None:
        return UNKNOWN_AMOUNT if low is None else f"不低于{wan(low)}"
    if low is None:
        return ceiling_text(high)
    return wan(high) if low == high else f"{wan(low)}—{wan(high)}"


@register.simple_tag
def yuan_range(floor: Any, ceiling: Any) -> str:
    """The same where money is handled: `200,000.00 元`, `最高200,000.00 元`, `100,000.00 元 至 200,000.00 元`."""
    low, high = _amount(floor), _amount(ceiling)
    if high is None:
        return UNKNOWN_AMOUNT
    if low == high:
        return yuan(high)
    return f"{yuan(low)} 至 {yuan(high)}" if low else f"最高{yuan(high)}"


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def cn_date(value: date | datetime | str | None, none: str = "—") -> str:
    """`2022年12月31日`; also for a day kept as text in a frozen record (`2022-12-31`)."""
    if not value:
        return none
    if isinstance(value, str):
        value = date.fromisoformat(value)
    day = _local(value)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def cn_datetime(value: datetime | None, none: str = "—") -> str:
    """`2022年12月31日 09:05`, in Beijing time."""
    if not value:
        return none
    moment = _local(value)
    return f"{cn_date(moment)} {moment:%H:%M}"


@register.filter
def article(value: str) -> str:
    """第四条 for the article 四 of a notice; other places by their own name."""
    return article_words(value)


@register.simple_tag
def deadline(
    due: date | None, today: date | None, provisional: bool = False, soon: date | None = None
) -> SafeString:
    """A traffic light in text and colour: overdue, near, or with time left (calendar days).

    Near is up to ``soon``, the last day that the page counts as near; without it the next two days.
    """
    if due is None or today is None:
        return format_html('<span class="light">{}</span>', "期限待定")
    left = (due - today).days
    note = "（暂定）" if provisional else ""
    if left < 0:
        kind, text = "red", f"已逾期 {-left} 天"
    elif left == 0:
        kind, text = "red", "今天到期"
    else:
        near = due <= soon if soon else left <= 2
        kind, text = ("amber" if near else "green"), f"还剩 {left} 天"
    return format_html('<span class="light light-{}">{}{}</span>', kind, text, note)


VERDICTS = {
    "eligible": ("green", "circle-check", "可享"),
    "near": ("amber", "circle-alert", "差一点"),
    "unknown": ("blue", "circle-question-mark", "缺资料"),
    "ineligible": ("", "circle-minus", "不适用"),
}


@register.simple_tag
def verdict(kind: str) -> SafeString:
    """The tag of a verdict: eligible 可享, near 差一点, unknown 缺资料, ineligible 不适用."""
    colour, symbol, words = VERDICTS[kind]
    return format_html(
        '<span class="tag {}">{}{}</span>', f"tag-{colour}" if colour else "", icon(symbol), words
    )


TRUTHS = {True: ("yes", "✓", "符合"), False: ("no", "✗", "不符合"), None: ("unknown", "?", "缺资料")}


@register.simple_tag
def truth(value: bool | None) -> SafeString:
    """The mark of a condition: ✓ ✗ ?, with its word for those who don't see it."""
    _, sign, words = TRUTHS[value]
    return format_html(
        '<span class="mark" aria-hidden="true">{}</span><span class="hidden-label">{}：</span>', sign, words
    )


@register.filter
def truth_class(value: bool | None) -> str:
    """`condition-yes`, `condition-no` or `condition-unknown`, for the list item around it."""
    return f"condition-{TRUTHS[value][0]}"


@functools.lru_cache(maxsize=512)
def _icon(name: str, label: str, css: str) -> SafeString:
    attributes: dict[str, str] = {"class": f"icon {css}".strip(), "focusable": "false"}
    attributes |= {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    markup = lucide._render_icon(name, None, **attributes)
    return mark_safe(markup)  # nosec B308 B703: drawn by the icon package, attributes escaped by its XML writer


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A lucide icon as inline SVG. Silent for screen readers unless `label` gives it words."""
    return _icon(name, label, css)


@register.simple_tag
def chart(
    kind: str, rows: Any, title: str, unit: str = "", label: str = "项目", value: str = "数量"
) -> SafeString:
    """A figure of our own with its data table: `bar` (across), `column`, `line`. Rows are (label, number)."""
    return mark_safe(  # nosec B308 B703: every text in it is escaped by the drawing functions
        charts.figure(kind, list(rows), title=title, unit=unit, label=label, value=value)
    )


# -- lists -----------------------------------------------------------------------------------------------


def _query(context: RequestContext, **changes: str | int | None) -> str:
    """The present query string with some parameters changed (None removes one)."""
    request = context.get("request")
    params: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_th(context: RequestContext, text: str, field: str, css: str = "", param: str = "sort") -> SafeString:
    """A column head that sorts: `?sort=amount`, then `?sort=-amount`. Goes back to the first page."""
    request = context.get("request")
    current = request.GET.get(param, context.get("sort", "")) if request else ""
    state = {field: "ascending", f"-{field}": "descending"}.get(current)
    url = _query(context, **{param: f"-{field}" if state == "ascending" else field, "page": None})
    symbol = {"ascending": "arrow-up", "descending": "arrow-down", None: "chevrons-up-down"}[state]
    aria = format_html(' aria-sort="{}"', state) if state else ""
    return format_html(
        '<th scope="col" class="{}"{}><a href="{}">{}{}</a></th>', css, aria, url, text, icon(symbol)
    )


@register.inclusion_tag("site/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any], unit: str = "条") -> dict[str, Any]:
    """Which page of how many, and the links to the others. `page` comes from Django's Paginator."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [
        {"number": n, "url": _query(context, page=n) if isinstance(n, int) else "", "here": n == page.number}
        for n in numbers
    ]
    return {
        "page": page,
        "unit": unit,
        "links": links,
        "previous": _query(context, page=page.number - 1) if page.has_previous() else "",
        "next": _query(context, page=page.number + 1) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: str | int | None) -> str:
    """The present address's query string with changes: `<a href="{% query status="open" page=None %}">`."""
    return _query(context, **changes)
