"""A draft pack from a notice: finds with their citations, and a list of what a person must complete.

Nothing is guessed: a field without a find is a comment to fill in (``babashi packs check`` names it), a condition that
the fact dictionary cannot express becomes a reading to be settled, and the draft is disabled.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from babashi.reader import draft_scaffold, ways
from babashi.reader.eligibility import Eligibility, known_phrases
from babashi.reader.eligibility import quoted as _q
from babashi.reader.errors import UnreadableFile
from babashi.reader.model import Amount, Measure, Notice, Rate, Validity, Words
from babashi.reader.output import KIND_WORDS, ROLE_WORDS
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span, squeeze
from babashi.reader.vocabulary import Phrase
from babashi.rules.facts import FactDictionary
from babashi.rules.figures import figures_in
from babashi.rules.money import Number, exact

PACK_KINDS: Final = frozenset({"reward", "subsidy", "interest_subsidy", "voucher", "insurance", "training"})
_TODO: Final = "待主管部门明确"
_Figure = TypeVar("_Figure", Amount, Rate)


@dataclass(slots=True)
class _Draft:
    """Lines of pack.yaml and of the report, and the readings that the items refer to."""

    notice: Notice
    phrases: list[Phrase]
    parts: list[Paragraph]
    scope: list[str] = field(default_factory=list)  # readings on whom the whole notice is for
    readings: dict[str, list[str]] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    quotes: dict[str, str] = field(default_factory=dict)  # what each reading quotes

    def reading(self, identifier: str, text: str, confirm_by: str, article: str, quote: str) -> str:
        """Adds a reading and gives its id back."""
        self.quotes.setdefault(identifier, quote)
        self.readings.setdefault(
            identifier,
            [
                f"  - id: {identifier}",
                f"    text: {_q(text)}",
                f"    confirm_by: {_q(confirm_by or _TODO)}",
                f"    cite: {{article: {_q(article)}, quote: {_q(quote)}}}",
            ],
        )
        return identifier


def write(notice: Notice, folder: Path) -> str:
    """Writes ``pack.yaml``, the text of the notice and ``草稿说明.md`` into an empty or new folder and returns the report.

    Raises UnreadableFile if the notice has no measures or the folder is not empty.
    """
    if not notice.measures:
        raise UnreadableFile("这份通知里没有找到给予具体支持的措施，没有可写进政策包的内容。")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UnreadableFile(f"{folder} 已有内容。请给出一个空的或不存在的文件夹，以免覆盖。")
    pack, report = build(notice, draft_scaffold.TEXT_FILE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / draft_scaffold.TEXT_FILE).write_text(notice.text, encoding="utf-8")
        (folder / "pack.yaml").write_text(pack, encoding="utf-8")
        (folder / "草稿说明.md").write_text(report, encoding="utf-8")
    except OSError as problem:
        raise UnreadableFile(
            f"写不进 {folder}：{problem.strerror or problem}。请检查权限和空间。"
        ) from problem
    return report


def build(notice: Notice, source: str) -> tuple[str, str]:
    """(text of pack.yaml, text of the report)."""
    number = notice.document_number.text if notice.document_number else ""
    year = re.search(r"20\d\d", number) or re.search(
        r"20\d\d", notice.date.isoformat() if notice.date else ""
    )
    phrases = known_phrases(FactDictionary.load(None), int(year[0]) if year else None)
    draft = _Draft(notice, phrases, ways.split(notice))
    _scope(draft)
    for position, measure in enumerate(notice.measures, 1):
        _item(draft, measure, position)
    return _pack(draft, number, source), _report(draft, number)


def _scope(draft: _Draft) -> None:
    """Whom the whole notice is for holds for every item, beside what the item says itself."""
    for number, part in enumerate(ways.find_scope(draft.notice, draft.parts), 1):
        quote = " ".join(draft.notice.text[part.span.start : part.span.end].split())
        text = f"全文的适用对象待写成规则：{quote}"
        draft.report += [""] if number == 1 else []
        draft.scope.append(draft.reading(f"scope-{number}", text, "", "正文", quote))
        draft.report.append(
            f"- 全文的适用对象，每一条都待写成规则（{draft.notice.place(part.span)}）：{quote}"
        )


def _pack_id(number: str, text: str) -> str:
    found = re.search(r"(20\d\d)\D{1,3}(\d{1,5})号", squeeze(number))
    if found:
        return f"draft-{found[1]}-{found[2]}"
    return "draft-" + hashlib.sha256(text.encode()).hexdigest()[:8]


def _pack(draft: _Draft, number: str, source: str) -> str:
    notice = draft.notice
    lines = [
        "# 政策包草稿：由通知原文读出，未经人工核对，不得启用。把握（0 到 1）和原文位置写在注释里，待补内容见 草稿说明.md。",
        "format: 1",
        f"id: {_pack_id(number, notice.text)}",
        'version: "0.1.0"',
        "enabled: false",
        "status: 草稿",
        "",
        "document:",
    ]
    for key, words in (
        ("number", notice.document_number),
        ("title", notice.title),
        ("issuer", notice.issuer),
    ):
        if words is not None:
            lines.append(f"  {key}: {_q(words.text)}  # {_sure(notice, words)}")
    if notice.document_number is None:
        lines.append(draft_scaffold.NUMBER)
    lines.append(f"  source: {_q(source)}")
    if draft.readings:
        lines += ["", "readings:"]
        for reading in draft.readings.values():
            lines.extend(reading)
    if notice.overlap:
        rule = notice.overlap[0]
        lines += [
            "",
            "overlap:",
            f"  # {_sure(notice, rule)}",
            f"  cite: {{article: 末段, quote: {_q(rule.text)}}}",
        ]
    lines += ["", *draft_scaffold.PROCESS.splitlines(), "", "items:", *draft.items]
    return "\n".join(lines) + "\n"


def _sure(notice: Notice, words: Words) -> str:
    return f"把握 {words.confidence:.2f}，{notice.place(words.span)}"


def _article(measure: Measure) -> str:
    return measure.ordinal.strip("、.．:： ") or measure.heading.text[:20]


def _item(draft: _Draft, measure: Measure, position: int) -> None:
    notice, article = draft.notice, _article(measure)
    lead = measure.lead_departments[0].text if measure.lead_departments else ""
    draft.report.append(f"\n## {measure.ordinal}{measure.heading.text}")
    lines = [
        f"  - id: measure-{position}  # 是措施的把握 {measure.confidence:.2f}，{notice.place(measure.heading.span)}",
        f"    article: {_q(article)}",
        f"    title: {_q(measure.heading.text)}",
        (
            f"    kind: {measure.kind if measure.kind in PACK_KINDS else 'other'}"
            f"  # {KIND_WORDS[measure.kind]}，把握 {measure.kind_confidence:.2f}"
        ),
    ]
    _until(draft, measure, lines)
    _departments(draft, measure, lines)
    _contact(draft, measure, lines)
    written = len(lines)
    todo = [*draft.scope, *_eligible(draft, measure, position, lead, lines)]
    if len(lines) == written:
        lines += draft_scaffold.eligible([draft.quotes[name] for name in todo])
    _benefit(draft, measure, position, lead, lines)
    lines.append("    channel: catalogue  # 草稿只进目录；核对完、写好流程后再改为 application")
    lines.append(f"    materials: {{status: {_TODO}, list: []}}")
    if todo:
        lines.append(f"    readings: [{', '.join(todo)}]")
    draft.items.extend([*lines, ""])


def _until(draft: _Draft, measure: Measure, lines: list[str]) -> None:
    own = measure.validity if measure.validity.valid_until else draft.notice.validity
    if own.valid_until and own.quote:
        where = _article(measure) if own is measure.validity else "附则"
        day, said = own.valid_until, own.quote.text
        reading = _in_words(draft, f"until-{day.isoformat()}", where, [said], {day: day.isoformat()})
        lines.append(f"    # {_sure(draft.notice, own.quote)}")
        lines.append(
            f"    until: {{day: {day.isoformat()}, cite: {{article: {_q(where)}, quote: {_q(said)}}}"
            + (f", reading: {reading}}}" if reading else "}")
        )
        return
    if own.alternatives and own.quote:
        _derived_until(draft, own, _article(measure) if own is measure.validity else "附则", lines)
        return
    draft.report.append("- 待补：有效期。没有读到截止日")


def _derived_until(draft: _Draft, own: Validity, where: str, lines: list[str]) -> None:
    """A last day that only follows from a start and a length: written, as a reading that somebody has to confirm."""
    assert own.quote is not None
    day, others = own.alternatives[0].isoformat(), [day.isoformat() for day in own.alternatives[1:]]
    doubt = f"（也可能理解为 {'、'.join(others)}）" if others else ""
    text = f"“{own.quote.text}”没有写最后一天，由起始日和期限推算为 {day}{doubt}。"
    reading = draft.reading(f"until-{day}", text, "", where, own.quote.text)
    lines.append(f"    until: {{day: {day}, reading: {reading}}}")
    if (told := "- 待定：有效期。最后一天由起始日和期限推算，写成了口径，请确认") not in draft.report:
        draft.report.append(told)


def _in_words(
    draft: _Draft, identifier: str, article: str, quotes: list[str], written: Mapping[Number | date, str]
) -> str:
    """A reading for figures that the notice has in words (五千元, 2023年底); empty if it has them in digits."""
    stated = set().union(*(figures_in(quote) for quote in quotes))
    values = [text for value, text in written.items() if value not in stated]
    if not values:
        return ""
    text = f"“{'；'.join(quotes)}”中用文字写的数或日期，写成数字是 {'、'.join(values)}。"
    return draft.reading(identifier, text, "", article, quotes[0])


def _departments(draft: _Draft, measure: Measure, lines: list[str]) -> None:
    if not measure.lead_departments:
        named = "、".join(w.text for w in measure.named_departments)
        said = f"括号里写了 {named}，没有写谁牵头" if named else "没有读到"
        draft.report.append(f"- 待补：牵头单位。{said}")
        lines.append(draft_scaffold.lead())
        return
    first = measure.lead_departments[0]
    lines.append(f"    lead: {_q(first.text)}  # {_sure(draft.notice, first)}")
    others = [*measure.lead_departments[1:], *measure.supporting_departments]
    if others:
        lines.append(f"    support: [{', '.join(_q(w.text) for w in others)}]")
    if measure.lead_departments[1:]:
        names = "、".join(w.text for w in measure.lead_departments[1:])
        draft.report.append(f"- 待定：原文并列的责任单位 {names} 暂记为配合单位")
    found = [*measure.lead_departments, *measure.supporting_departments]
    span = Span(min(w.span.start for w in found), max(w.span.end for w in found))
    if span.end - span.start <= 200:
        lines.append(f"    departments_cite: {_q(draft.notice.text[span.start : span.end])}")


def _contact(draft: _Draft, measure: Measure, lines: list[str]) -> None:
    title = squeeze(measure.heading.text)
    for contact in draft.notice.contacts:
        if squeeze(contact.policy) == title and contact.person:
            quote = " ".join(draft.notice.text[contact.span.start : contact.span.end].split())
            lines.append(
                f"    contact: {{name: {_q(contact.person)}, phone: {_q(contact.phone)}, cite: {_q(quote)}}}"
                f"  # {draft.notice.place(contact.span)}"
            )


def _eligible(draft: _Draft, measure: Measure, position: int, lead: str, lines: list[str]) -> list[str]:
    """Writes who is eligible; ids of the readings to be settled."""

    def add_reading(identifier: str, text: str, quote: str) -> str:
        return draft.reading(identifier, text, lead, _article(measure), quote)

    found = Eligibility(draft.notice, measure, position, add_reading)
    found.write(draft.phrases, draft.parts)
    lines.extend(found.lines)
    draft.report.extend(found.report)
    return found.readings


def _clause_around(text: str, start: int, end: int) -> str:
    """The clause of the source around a match, as printed."""
    left = max((text.rfind(mark, 0, start) for mark in "，。；：\n"), default=-1) + 1
    rights = [i for i in (text.find(mark, end) for mark in "，。；：\n") if i >= 0]
    return text[left : min(rights) if rights else len(text)].strip()


def _benefit(draft: _Draft, measure: Measure, position: int, lead: str, lines: list[str]) -> None:
    notice = draft.notice
    lines.append("    benefit:")
    simple = _simple(measure, notice.text)
    lines.extend(simple)
    spans = [a.span for a in measure.amounts] + [r.span for r in measure.rates]
    quotes = list(dict.fromkeys(_quote(notice, span) for span in spans))
    if not quotes:
        quotes = [measure.heading.text]
    lines += ["      cite:", *(f"        - {_q(quote)}" for quote in quotes)]
    written: dict[Number | date, str] = (
        {exact(a.value): draft_scaffold.money(a) for a in measure.amounts} if simple else {}
    )
    reading = _in_words(draft, f"figures-{position}", _article(measure), quotes, written)
    if reading:
        lines.append(f"      reading: {reading}")
    if not simple:
        lines.append(f"      text: {_q(measure.heading.text)}")
        many = "原文的数额不能只用一个数表达，列在 terms 里"
        draft.report.append(f"- 待补：金额公式。{many if spans else '没有读到数额'}")
        terms = [_term(notice, a, _each(a.per), whole=w) for a, w in _figures(measure.amounts)]
        terms += [_term(notice, r, r.base, whole=w) for r, w in _figures(measure.rates)]
        if terms:
            lines += ["      terms:", *terms]
        lines += draft_scaffold.formula(measure, notice.text)
    for amount, whole in _figures(measure.amounts):
        draft.report.append(_found(notice, "金额", amount, whole=whole))
    for rate, whole in _figures(measure.rates):
        draft.report.append(_found(notice, "比例", rate, whole=whole))


def _figures(figures: Sequence[_Figure]) -> list[tuple[_Figure, bool]]:
    """The figures, a range that is printed as one (10—20万元) only once; with whether it is such a range."""
    seen: dict[tuple[int, int, str], tuple[_Figure, bool]] = {}
    for figure in figures:
        kind = "range" if figure.role.startswith("range") else figure.role
        key = (figure.span.start, figure.span.end, kind)
        seen[key] = (figure, kind == "range" and key in seen)
    return list(seen.values())


def _found(notice: Notice, what: str, figure: Amount | Rate, *, whole: bool) -> str:
    role = "" if whole else ROLE_WORDS[figure.role]
    return f"- {what}：{role}{figure.quote}（把握 {figure.confidence:.2f}，{notice.place(figure.span)}）"


def _simple(measure: Measure, text: str) -> list[str]:
    """amount, floor and ceiling where the notice names exactly one of each and no share."""
    if measure.rates or not measure.amounts:
        return []
    if any(draft_scaffold.is_for_each_of_several(text, amount) for amount in measure.amounts):
        return []
    roles = [a.role for a in measure.amounts]
    if roles == ["fixed"]:
        return [f"      amount: {draft_scaffold.money(measure.amounts[0])}"]
    if roles == ["range_low", "range_high"]:
        low, high = measure.amounts
        return [f"      floor: {draft_scaffold.money(low)}", f"      ceiling: {draft_scaffold.money(high)}"]
    if roles == ["cap"] and not measure.amounts[0].per:
        return [f"      ceiling: {draft_scaffold.money(measure.amounts[0])}"]
    return []


def _quote(notice: Notice, span: Span) -> str:
    """The clause around a figure, long enough to say what it is."""
    quote = _clause_around(notice.text, span.start, span.end)
    return quote if len(quote) <= 160 else notice.text[span.start : span.end]


def _each(per: str) -> str:
    """``家企业`` is what stands behind 每; ``单个项目`` is whole."""
    return per if not per or per.startswith(("单", "同一", "每")) else "每" + per


def _term(notice: Notice, figure: Amount | Rate, of: str, *, whole: bool) -> str:
    label = ("幅度" if whole else ROLE_WORDS[figure.role] or "标准") + (f"（{of}）" if of else "")
    cite = _q(_quote(notice, figure.span))
    return f"        - {{label: {_q(label)}, value: {_q(figure.quote)}, cite: {cite}}}"


def _report(draft: _Draft, number: str) -> str:
    notice = draft.notice
    head = [
        f"# 草稿说明：{notice.title.text if notice.title else '（标题未找到）'}",
        "",
        f"文号：{number or '待补：没有找到'}",
        "草稿未启用。请对照原文逐项核对，补齐“待补”“待写成规则”的内容，运行 babashi packs check 检查后再启用。",
        "pack.yaml 里以 # 开头的行是准备好的样子：去掉 #，填上“待补”；写成条件后删去对应的 todo 口径。",
        "写法见 docs/dev/add-a-policy.md。",
    ]
    if not notice.overlap:
        head.append("重复享受的规则（从高不重复等）：没有找到。")
    return "\n".join([*head, *_told_once(draft.report, len(notice.measures))]) + "\n"


def _told_once(report: list[str], measures: int) -> list[str]:
    """What is missing from every measure alike is told once, above them."""
    shared = [
        line
        for line in dict.fromkeys(report)
        if measures > 1 and line.startswith("- 待补：") and report.count(line) == measures
    ]
    above = (
        ["", "每一条都待补：", *("- " + line.removeprefix("- 待补：") for line in shared)] if shared else []
    )
    return above + [line for line in report if line not in shared]
