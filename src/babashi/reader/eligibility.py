"""Who is eligible, as far as the draft can say it: clauses by way, and a reading for everything else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from babashi.reader import clauses as words
from babashi.reader.clauses import Clause, Hit, Judged
from babashi.reader.model import Measure, Notice
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import Span, View, squeeze
from babashi.reader.vocabulary import DATED, OTHER_CATEGORY, PHRASES, Phrase
from babashi.reader.ways import Part, find_ways, part
from babashi.rules.facts import FactDictionary

AddReading = Callable[[str, str, str], str]  # (id, text, quotation) to the id


def quoted(text: str) -> str:
    """A YAML scalar in double quotes."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def known_phrases(dictionary: FactDictionary, year: int | None) -> list[Phrase]:
    """The words that the dictionary has facts for; facts of a year only for a notice of the year after."""
    names = {*dictionary.facts, *dictionary.tables}
    return [
        phrase
        for phrase in (*PHRASES, OTHER_CATEGORY)
        if set(phrase.facts) <= names
        and all(
            year is not None and int(m[1]) == year - 1
            for fact in phrase.facts
            if (m := DATED.search(fact)) is not None
        )
    ]


@dataclass(slots=True)
class Eligibility:
    """Lines for the item, lines for the report, and the readings that the item names."""

    notice: Notice
    measure: Measure
    position: int
    add_reading: AddReading
    lines: list[str] = field(default_factory=list)
    report: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    told: list[Span] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def write(self, phrases: list[Phrase], parts: list[Paragraph]) -> None:
        """Fills the lines, the report and the readings."""
        ways, sentences = find_ways(self.notice, self.measure, parts)
        judged = [words.judge(way, phrases) for way in ways]
        silent = [j for j in judged if not j.clauses]
        if judged and not silent:
            self._clauses(judged)
        at = len(self.report)
        for one in judged:
            self._open(one, written=not silent)
        self._finds()
        self._listed(judged, sentences)
        if not self.lines:
            why = _why(judged, silent) if self.readings else "没有读出对象，请对照原文补写"
            self.report.insert(at, f"- 待补：谁能享（eligible）。{why}")
        self._mentions(phrases, sentences)

    def _source(self, part: Part) -> str:
        return self.notice.text[part.span.start : part.span.end]

    def _clauses(self, judged: list[Judged]) -> None:
        self.lines += ["    eligible:", "      all:"]
        if len(judged) == 1:
            self._written(judged[0])
            for clause in judged[0].clauses:
                self.lines += self._clause(clause, " " * 8)
            return
        self.report.append(f"- 原文有{len(judged)}种享受方式，满足任一种即可，已分组写成规则（any）")
        self.lines += [
            "        - id: ways",
            f"          name: 下列{len(judged)}种情形之一",
            "          any:",
        ]
        for number, one in enumerate(judged, 1):
            who = one.way.who or one.way.sentence
            self.lines += [
                f"            - id: way-{number}",
                f"              name: 情形{number}",
                f"              cite: {quoted(self._source(who))}",
                "              all:",
            ]
            self._written(one, f"情形{number} ")
            for clause in one.clauses:
                self.lines += self._clause(clause, " " * 16)

    def _written(self, one: Judged, which: str = "") -> None:
        """One line of the report for what stands as rules now."""
        names = ["或".join(h.phrase.name if h else OTHER_CATEGORY.name for h in c.hits) for c in one.clauses]
        sure = min(
            h.phrase.confidence if h else OTHER_CATEGORY.confidence for c in one.clauses for h in c.hits
        )
        place = self.notice.place(one.clauses[0].cite.span)
        self.report.append(f"- {which}已写成规则，请核对（把握 {sure:.2f}，{place}）：{'；'.join(names)}")

    def _clause(self, clause: Clause, indent: str) -> Iterator[str]:
        self.told.append(clause.cite.span)
        if clause.hit is not None:
            yield f"{indent}- {self._entry(clause.hit, clause.cite)}"
            return
        yield f"{indent}- id: {self._id('category')}"
        yield f"{indent}  name: 属于列举的类别"
        yield f"{indent}  any:"
        for choice in clause.choices:
            yield f"{indent}    - {self._entry(choice, clause.cite)}"

    def _entry(self, hit: Hit | None, cite: Part) -> str:
        phrase = hit.phrase if hit else OTHER_CATEGORY
        test = phrase.proposed(hit.match) if hit else phrase.test
        source = self._source(cite)
        entry = f"id: {self._id(phrase.id)}, name: {quoted(phrase.name)}, test: {quoted(test)}, cite: {quoted(source)}"
        if phrase.reading:
            entry += f", reading: {self.add_reading(f'word-{phrase.id}', phrase.reading, source)}"
        return f"{{{entry}}}  # 把握 {phrase.confidence:.2f}"

    def _id(self, wanted: str) -> str:
        """An id of its own within the item: the same word may stand in two ways."""
        self.seen[wanted] = self.seen.get(wanted, 0) + 1
        return wanted if self.seen[wanted] == 1 else f"{wanted}-{self.seen[wanted]}"

    def _open(self, one: Judged, *, written: bool) -> None:
        """The reading for what of a way is not written."""
        who, lead = one.way.who, one.way.lead
        if who is None or (_everybody(who.text) and lead is None):
            return
        names = one.names if written else []
        if names and not one.open:
            return
        known = one.left if written else [*one.names, *one.left]
        span = Span((lead or who).span.start, who.span.end)
        text = f"条件待写成规则：{' '.join(self.notice.text[span.start : span.end].split())}"
        if names:
            text += f"。已写成规则的部分：{'、'.join(names)}；待写：{'；'.join(one.open)}"
        elif known:
            text += f"。指标字典有：{'、'.join(dict.fromkeys(known))}"
            text += f"；{one.way.doubt}，未写" if one.way.doubt else "；不能肯定对所有对象都要求，未写"
        self._settle(text, span, 0.6)

    def _settle(self, text: str, span: Span, confidence: float) -> None:
        quote = self.notice.text[span.start : span.end].strip("，。；、 \n")
        self.told.append(span)
        identifier = f"todo-{self.position}-{len(self.readings) + 1}"
        self.readings.append(self.add_reading(identifier, text, quote))
        shown = text.removeprefix("条件待写成规则：")
        place = self.notice.place(span)
        self.report.append(f"- 待写成规则（把握 {confidence:.2f}，{place}）：{shown}")

    def _finds(self) -> None:
        """Beneficiaries and conditions that the reader found elsewhere in the measure."""
        figures = [a.span for a in self.measure.amounts] + [r.span for r in self.measure.rates]
        for find in [*self.measure.beneficiaries, *self.measure.conditions]:
            inside = [f for f in figures if find.span.start <= f.start and f.end <= find.span.end]
            if inside and not _asks(self.notice.text, find.span, inside):
                continue  # it tells the benefit
            for span in self._untold(find.span):
                quote = " ".join(self.notice.text[span.start : span.end].split())
                if not _everybody(squeeze(quote)):
                    self._settle(f"条件待写成规则：{quote}", span, find.confidence)

    def _listed(self, judged: list[Judged], sentences: list[View]) -> None:
        """What stands in a list that a granting sentence announces (符合下列条件之一)."""
        if not any(_ANNOUNCES.search(one.way.sentence.text) for one in judged):
            return
        granting = [one.way.sentence.span for one in judged]
        for view in sentences[:MAX_LISTED]:
            span = view.span(0, len(view))
            known = any(_overlap(span, other) for other in [*granting, *self.told])
            if not known and not _FURNITURE.search(view.text):
                self._settle(
                    f"条件待写成规则：{' '.join(self._source(part(view, 0, len(view))).split())}", span, 0.5
                )

    def _untold(self, span: Span) -> list[Span]:
        """What of a find no clause or reading has told yet, without the marks and links at its ends."""
        pieces = [span]
        for told in self.told:
            pieces = [
                rest
                for piece in pieces
                for rest in (
                    [
                        Span(piece.start, min(piece.end, told.start)),
                        Span(max(piece.start, told.end), piece.end),
                    ]
                    if _overlap(piece, told)
                    else [piece]
                )
                if rest.start < rest.end
            ]
        trimmed = [self._trimmed(piece) for piece in pieces]
        if pieces == [span]:
            return [piece for piece in trimmed if piece.end - piece.start >= 3]
        return [piece for piece in trimmed if not self._only_links(piece)]

    def _only_links(self, span: Span) -> bool:
        """``分别按``, ``每家企业``: what is left of a find and only leads over to the sum."""
        text = squeeze(self.notice.text[span.start : span.end])
        return len(text) < (20 if text.startswith(("按", "分别", "每")) else 6)

    def _trimmed(self, span: Span) -> Span:
        text = self.notice.text[span.start : span.end]
        left = len(text) - len(text.lstrip("，。；、：,;对于且并 \n\u3000"))
        right = len(text.rstrip("，。；、：,;对且并的 \n\u3000"))
        return Span(span.start + left, span.start + max(left, right))

    def _mentions(self, phrases: Iterable[Phrase], sentences: list[View]) -> None:
        """Known words outside of who gets the benefit: said, so that whoever completes the draft sees them."""
        for view in sentences:
            for phrase in phrases:
                match = phrase.words.search(view.text) if phrase is not OTHER_CATEGORY else None
                if match is None:
                    continue
                found = part(view, *match.span())
                if not any(_overlap(told, found.span) for told in self.told):
                    place = self.notice.place(found.span)
                    self.report.append(f"- 只提到、没有写成条件（{place}）：{match[0]}。是否作为条件请定")


MAX_LISTED: Final = 40
_ANNOUNCES: Final = re.compile(
    r"(?:下列|以下|如下)[^，。；]{0,6}(?:条件|情形|要求|情况|类型|企业|单位)|之一的?"
)
_FURNITURE: Final = re.compile(r"牵头|责任单位|配合单位|执行期限|有效期|不重复|从高|就高")


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


_EVERYBODY: Final = re.compile(r"(?:其|该|每家)?(?:企业|单位)?的?")


def _everybody(text: str) -> bool:
    """``企业`` alone asks nothing."""
    return bool(_EVERYBODY.fullmatch(text))


def _asks(text: str, span: Span, figures: list[Span]) -> bool:
    """Whether a clause with a figure of the benefit says a condition beside it."""
    start = min(f.start for f in figures)
    before = squeeze(text[span.start : start])
    return bool(
        re.search(
            r"(?:达到|(?<!不)(?<!不得)超过|以上|不低于|不少于|满\d|首次|连续|符合|获得|获评|认定)", before
        )
    ) and bool(re.search(r"[的，]|以上|以下", before))


def _why(judged: list[Judged], silent: list[Judged]) -> str:
    """Why nothing is written, in one sentence."""
    if len(judged) == len(silent):
        return "原文的对象没有能直接写成规则的词，请按下列条件补写"
    first = silent[0].way.who or silent[0].way.sentence
    said = first.text if len(first.text) <= 40 else first.text[:40] + "…"
    return (
        f"原文有{len(judged)}种享受方式，其中“{said}”{'等' if len(silent) > 1 else ''}写不成规则；"
        "只写一部分会漏掉符合条件的企业，所以都没有写成规则"
    )
