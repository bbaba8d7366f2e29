"""Home page, result page, questionnaire without signing in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from babashi.audit.errors import Invalid
from babashi.catalogue import factforms
from babashi.catalogue import queries as catalogue
from babashi.enterprises.queries import enterprises_of, member_or_404
from babashi.enterprises.words import value_words
from babashi.matching import engine, queries, services
from babashi.matching.questionnaire import (
    INDUSTRIES,
    Answered,
    accept,
    columns_of,
    home_of,
    next_question,
    read,
)
from babashi.rules.facts import FactSpec
from babashi.rules.questions import Question
from babashi.workdays import clock

MAX_NAME = 100
NUMBERS = ("int", "money", "ratio", "date", "year")


@lru_cache(maxsize=2)
def _qr(address: str) -> SafeString:
    drawing = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return mark_safe(drawing)  # nosec B308 B703: drawn from our own configured address


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One question, the open items, the QR code."""
    today = clock.today()
    items = [row for row in catalogue.current_items() if row.until >= today]
    answered = Answered.load(request.session)
    context = {
        "items": items,
        "kinds": catalogue.KINDS,
        "today": today,
        "mine": enterprises_of(request.user),
        "begun": bool(answered.steps),
        "qr": _qr(settings.BABASHI_BASE_URL + "/"),
        "address": settings.BABASHI_BASE_URL,
    }
    return render(request, "matching/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """From the box of the home page. What the register knows is shown to proven members only; to everybody else
    the answer is the same whether the enterprise is in the register or not."""
    text = (request.POST.get("name") or request.GET.get("name") or "").strip()[:MAX_NAME]
    if not text:
        return redirect("matching:mine")
    for enterprise in enterprises_of(request.user):
        if text.upper() == enterprise.uscc or text in enterprise.name:
            return redirect("matching:result", enterprise.uscc)
    answered = Answered.load(request.session)
    if answered.name != text:
        answered.name = text
        answered.save(request.session)
    return render(request, "matching/look_up.html", {"name": text, "mine": enterprises_of(request.user)})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The result of one's own enterprise; a choice when there are several; else the questionnaire."""
    found = enterprises_of(request.user)
    if len(found) == 1:
        return redirect("matching:result", found[0].uscc)
    if found:
        return render(request, "matching/choose.html", {"mine": found})
    return redirect("matching:question")


@login_required
@require_safe
@never_cache
def result(request: HttpRequest, uscc: str) -> HttpResponse:
    """What a proven member sees: verdicts from the stored facts, with values and sources."""
    enterprise = member_or_404(request.user, uscc[:18])
    context = {
        "picture": queries.picture_of(enterprise),
        "enterprise": enterprise,
        "today": clock.today(),
        "kinds": catalogue.KINDS,
    }
    return render(request, "matching/result.html", context)


# -- without signing in --------------------------------------------------------------------------------------


def _session_picture(answered: Answered) -> queries.Picture:
    subject = answered.subject(catalogue.dictionary())
    return queries.picture(subject, services.parameters_now(), clock.today())


@require_safe
@never_cache
def answers(request: HttpRequest) -> HttpResponse:
    """The result of the questionnaire: the same page, from the answers alone."""
    answered = Answered.load(request.session)
    if not answered.steps:
        return redirect("matching:question")
    known = catalogue.dictionary()
    given = [
        (
            ref,
            known.tables[ref].label if ref in known.tables else known.facts[ref].spoken,
            _told(answered, ref),
        )
        for ref in answered.steps
        if ref in known.facts or ref in known.tables
    ]
    context = {
        "picture": _session_picture(answered),
        "answered": answered,
        "given": given,
        "today": clock.today(),
        "kinds": catalogue.KINDS,
    }
    return render(request, "matching/result.html", context)


def _told(answered: Answered, ref: str) -> str:
    if ref in answered.facts:
        return _fact_told(answered, catalogue.dictionary().facts[ref])
    if ref in answered.tables:
        rows = answered.tables[ref]
        return "没有" if rows is None else f"{len(rows)} 条"
    return "不知道"


def _fact_told(answered: Answered, spec: FactSpec) -> str:
    """An answer as it is read back: with its unit, a code with its name."""
    text = answered.facts[spec.id]
    if spec.id == "industry_code":
        return f"{text} {INDUSTRIES.get(text, '')}".strip()
    if spec.type not in NUMBERS:
        return {factforms.ELSEWHERE: "不在本区"}.get(
            text, spec.code_name(text) if spec.names else text.replace("|", "、")
        )
    value = answered.subject(catalogue.dictionary()).facts.get(spec.id)
    return value_words(value, spec)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def question(request: HttpRequest) -> HttpResponse:
    """One question a page, only as long as an answer can still change something."""
    answered = Answered.load(request.session)
    if request.method == "POST":
        return _take(request, answered)
    picture = _session_picture(answered)
    wanted = request.GET.get("ask", "")[:60]
    if wanted and _may_ask(home_of(wanted)):
        return _ask(request, answered, picture, home_of(wanted), _stored(answered, home_of(wanted)))
    found = next_question(picture.questions, answered)
    if found is None:
        return redirect("matching:answers" if answered.steps else "matching:home")
    return _ask(request, answered, picture, home_of(found.ref), None, found)


def _may_ask(ref: str) -> bool:
    known = catalogue.dictionary()
    return ref in known.tables or (ref in known.facts and known.facts[ref].declarable)


def _take(request: HttpRequest, answered: Answered) -> HttpResponse:
    act = request.POST.get("act", "")
    if act == "back":
        ref = answered.back()
        answered.save(request.session)
        return redirect(f"/match/questionnaire/?ask={ref}" if ref else "/match/questionnaire/")
    if act == "finish":
        return redirect("matching:answers" if answered.steps else "matching:home")
    ref = request.POST.get("ref", "")[:60]
    if not _may_ask(ref):
        raise Invalid("这个问题已经变化，请返回后重新回答。")
    if act == "skip":
        accept(answered, ref, factforms.Answers())
        answered.save(request.session)
        return redirect("matching:question")
    posted = read(ref, _columns(ref), request.POST)
    if posted.errors or request.POST.get("add"):
        status = 422 if posted.errors else 200
        return _ask(request, answered, _session_picture(answered), ref, posted, status=status)
    accept(answered, ref, posted)
    answered.save(request.session)
    return redirect("matching:question")


def _columns(ref: str) -> list[str]:
    items = engine.items_for_matching(catalogue.current_packs(settings.BABASHI_DISTRICT))
    return columns_of(ref, items, catalogue.dictionary())


def _stored(answered: Answered, ref: str) -> factforms.Answers:
    """An earlier answer, to be shown again."""
    found = factforms.Answers()
    if ref in answered.facts:
        found.texts[ref] = answered.facts[ref]
    if ref in answered.tables:
        found.row_texts[ref] = answered.tables[ref]
        if answered.tables[ref] is None:
            found.none_tables.add(ref)
    return found


def _ask(
    request: HttpRequest,
    answered: Answered,
    picture: queries.Picture,
    ref: str,
    posted: factforms.Answers | None,
    asked: Question | None = None,
    status: int = 200,
) -> HttpResponse:
    known = catalogue.dictionary()
    asked = asked or next((entry for entry in picture.questions if home_of(entry.ref) == ref), None)
    context: dict[str, Any] = {
        "ref": ref,
        "asked": asked,
        "answered": answered,
        "picture": picture,
        "number": len([step for step in answered.steps if step != ref]) + 1,
    }
    if ref in known.tables:
        extra = 1 if request.method == "POST" and request.POST.get("add") == ref else 0
        context["table"] = factforms.table_field(ref, _columns(ref), known, posted, extra=extra)
        context["text"] = known.tables[ref].question
    else:
        context["field"] = factforms.fact_field(ref, known, posted)
        context["text"] = known.facts[ref].question
        context["industries"] = INDUSTRIES if ref == "industry_code" else {}
    return render(request, "matching/question.html", context, status=status)


@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Forget all answers."""
    Answered().save(request.session)
    return redirect("matching:home")
