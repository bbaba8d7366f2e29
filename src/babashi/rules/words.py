"""Plain words for items and results, generated from the rule that is executed: they can't drift apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from babashi.rules.chinese import ceiling_text, date_text, money_text
from babashi.rules.pack import UNCONFIRMED, All, Any, Cite, Item, Node, Pack, Reading, Stage
from babashi.rules.phrases import Phrases
from babashi.rules.results import ClauseTrace, Result, UsedValue
from babashi.rules.rounds import Round
from babashi.rules.trace import node_words
from babashi.rules.tree import Literal, Param

VERDICT_WORDS: Final = {"eligible": "可享", "ineligible": "不符合", "unknown": "缺资料"}
ONE_OF: Final = "至少符合其中一项："
MARKS: Final = {True: "✓", False: "✗", None: "?"}


@dataclass(frozen=True, slots=True)
class WordLine:
    """One condition in words, with where it comes from."""

    id: str
    name: str
    text: str
    cite: Cite | None
    readings: tuple[str, ...]
    parts: tuple[WordLine, ...] = ()

    @property
    def sentence(self) -> str:
        """Name and words in one line."""
        if not self.name or self.name == self.text:
            return self.text
        return f"{self.name}{'，' if self.text.startswith(ONE_OF) else '：'}{self.text}"


@dataclass(frozen=True, slots=True)
class ItemWords:
    """The five questions of an item page: 谁能享、享多少、怎么办、何时到、找谁."""

    who: tuple[WordLine, ...]
    how_much: tuple[str, ...]
    how: tuple[str, ...]
    when: tuple[str, ...]
    whom: tuple[str, ...]
    readings: tuple[Reading, ...]

    @property
    def who_text(self) -> str:
        """All conditions in one sentence."""
        return "；".join(line.text for line in self.who)

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Headings with their lines, for a terminal or a document."""
        who = tuple(line.sentence for line in self.who)
        return (
            ("谁能享", who),
            ("享多少", self.how_much),
            ("怎么办", self.how),
            ("何时到", self.when),
            ("找谁", self.whom),
        )


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One condition of a result: met, not met or unknown, with the values it used."""

    mark: str
    truth: bool | None
    name: str
    text: str
    values: tuple[UsedValue, ...]
    hint: str
    cite: Cite | None
    readings: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that would settle the result: what to ask, and who holds it."""

    ref: str
    label: str
    question: str
    holder: str


@dataclass(frozen=True, slots=True)
class ResultWords:
    """A result in words."""

    headline: str
    lines: tuple[ResultLine, ...]
    missing: tuple[MissingFact, ...]
    amounts: tuple[str, ...]
    readings: tuple[Reading, ...]


def explain_item(item: Item, pack: Pack) -> ItemWords:
    """The five questions answered from the pack."""
    return ItemWords(
        who=tuple(_who(item)),
        how_much=tuple(_how_much(item)),
        how=tuple(_how(item)),
        when=tuple(_when(item)),
        whom=tuple(_whom(item)),
        readings=tuple(pack.readings[reading] for reading in item.readings),
    )


def _who(item: Item) -> Iterator[WordLine]:
    if item.applicant == "person":
        yield WordLine("recipient", "", item.recipient, None, ())
        return
    parts = (
        item.eligible.parts if isinstance(item.eligible, All) and not item.eligible.id else (item.eligible,)
    )
    for part in parts:
        yield _word_line(part, item)


def _word_line(node: Node, item: Item) -> WordLine:
    inner: tuple[Node, ...] = node.parts if isinstance(node, (All, Any)) else ()
    text = node_words(item.dictionary, node)
    if isinstance(node, Any):
        text = f"{ONE_OF}{'；'.join(node_words(item.dictionary, part) for part in inner)}"
    name, text = without_echo(node.name, text)
    parts = tuple(_word_line(part, item) for part in inner)
    return WordLine(node.id, name, text, node.cite, node.readings, parts)


def without_echo(name: str, text: str) -> tuple[str, str]:
    """Name and words of a condition; no name where the words say it too, the name for words that say less."""
    plain, bare = name.replace(" ", ""), text.partition("（")[0]
    if plain in bare:
        return "", text
    return ("", name) if text in plain else (name, text)


def _how_much(item: Item) -> Iterator[str]:
    benefit, phrases = item.benefit, Phrases(item.dictionary)
    once = "一次性" if benefit.once else ""
    floor = phrases.noun(benefit.floor) if benefit.floor is not None else ""
    if benefit.text:
        yield benefit.text
    if benefit.ceiling is not None:
        ceiling = phrases.noun(benefit.ceiling)
        if benefit.fixed:
            yield f"{once}给予{ceiling}"
        elif isinstance(benefit.ceiling, (Literal, Param)):
            yield f"{once}给予{floor}至{ceiling}" if floor else f"{once}最高{ceiling}"
        else:
            yield f"最高可得：{ceiling}" + (f"；不低于{floor}" if floor else "")
        if not benefit.fixed:
            yield f"具体金额由{item.lead}在上限以内核定，上限不是必得金额"
    elif floor:
        yield f"{once}不低于{floor}"
    for term in benefit.terms:
        yield f"{term.label}：{term.value}"


def _how(item: Item) -> Iterator[str]:
    if item.channel == "interest":
        yield f"在平台登记意向，由{item.lead}联系办理"
        return
    if item.channel == "catalogue":
        yield f"由{item.lead}组织实施，具体办法{UNCONFIRMED}"
        return
    if item.automatic:
        yield "免申即享：判断所用的资料都来自部门时，不用申报，只需确认收款账户和同意领取"
    yield "在平台在线申报，资料已有的自动填好"
    yield "依次经过：" + "、".join(_stage(stage) for stage in item.process) + _time_limits(item.process)
    if item.materials:
        yield "材料：" + "、".join(
            f"{material.label}{'（必交）' if material.required else ''}" for material in item.materials
        )
    else:
        yield f"材料：{item.materials_status}"


def _stage(stage: Stage) -> str:
    limit = f"{stage.days}个工作日" if stage.days is not None else f"时限{stage.status}"
    return f"{stage.label}（{stage.department}，{limit}）"


def _time_limits(stages: tuple[Stage, ...]) -> str:
    """Which of the time limits nobody has promised yet, told once."""
    assumed = [stage for stage in stages if stage.working_days is None and stage.days is not None]
    if not assumed:
        return ""
    which = "" if len(assumed) == len(stages) else f"{'、'.join(stage.label for stage in assumed)}的"
    return f"。{which}时限是平台默认，{'、'.join(dict.fromkeys(stage.status for stage in assumed))}"


def _when(item: Item) -> Iterator[str]:
    last = {"application": "，当天仍可申报", "interest": "，当天仍可登记意向"}.get(item.channel, "")
    if item.round is not None:
        yield from _round(item, item.round, last)
    else:
        yield f"执行期限至{date_text(item.until)}{last}"
    days = [stage.days for stage in item.process]
    if item.channel == "application" and days and None not in days:
        whole = sum(day for day in days if day is not None)
        yield f"从提交到审定合计{whole}个工作日（补正的时间另算），拨付时间{UNCONFIRMED}"


def _round(item: Item, of: Round, last: str) -> Iterator[str]:
    begin = f"自{date_text(of.opens)}" if of.opens is not None else "申报"
    yield f"{of.name}：{begin}至{date_text(item.until)}{last}"
    if of.again:
        yield "分批申报，每一批都可以申报"
    else:
        yield "分批申报，各批合计只享受一次，已经享受的不再申报"


def _whom(item: Item) -> Iterator[str]:
    if item.contact is not None:
        yield f"{item.lead}　{item.contact.name}　{item.contact.phone}"
    else:
        yield item.lead
    if item.support:
        yield f"配合单位：{'、'.join(item.support)}"


# -- results -------------------------------------------------------------------------------------------------


def explain_result(result: Result, pack: Pack) -> ResultWords:
    """What came out and why, in words; the numbers come from the trace."""
    return ResultWords(
        headline=_headline(result),
        lines=tuple(_lines(result.trace)),
        missing=tuple(missing_facts(result, pack)),
        amounts=tuple(_amounts(result)),
        readings=tuple(pack.readings[reading] for reading in result.readings),
    )


def _headline(result: Result) -> str:
    closed = "（已过执行期限，不再受理新的申报）" if result.closed else ""
    if result.verdict == "ineligible":
        return f"不符合{closed}"
    if result.verdict == "unknown":
        return f"还不能判断，缺少{len(result.missing)}项资料{closed}"
    return f"可享，{amount_text(result)}{closed}"


def amount_text(result: Result) -> str:
    """The amounts of an eligible result in a phrase."""
    low, high = result.amount_min, result.amount_max
    if result.missing:
        return "金额未知"
    if high is None:
        return "不涉及金额" if low is None else f"至少{money_text(low)}"
    if low == high:
        return money_text(high)
    return ceiling_text(high) if low is None else f"{money_text(low)}至{money_text(high)}"


def _lines(trace: ClauseTrace, depth: int = 0) -> Iterator[ResultLine]:
    if trace.kind == "all" and not trace.id:
        for child in trace.children:
            yield from _lines(child, depth)
        return
    values = trace.values
    if trace.kind == "not":
        values = tuple(value for child in trace.children for value in child.values)
    # What an "any" consists of follows line by line.
    text = ONE_OF.rstrip("：") if trace.kind == "any" else trace.text
    yield ResultLine(
        MARKS[trace.truth],
        trace.truth,
        *without_echo(trace.name, text),
        values,
        trace.hint,
        trace.cite,
        trace.readings,
        depth,
    )
    if trace.kind in ("any", "all"):
        for child in trace.children:
            yield from _lines(child, depth + 1)


def missing_facts(result: Result, pack: Pack) -> Iterator[MissingFact]:
    """What would settle a result, with the question to ask and the department that holds it."""
    dictionary = pack.dictionary
    for ref in result.missing:
        label = dictionary.missing_label(ref)
        spec, table = dictionary.spec(ref), dictionary.tables.get(ref)
        parameter = dictionary.parameter_tables.get(ref)
        if spec is not None:
            yield MissingFact(ref, label, spec.question, spec.holder)
        elif table is not None:
            yield MissingFact(ref, label, table.question, "")
        elif parameter is not None:
            yield MissingFact(ref, label, "", parameter.holder)
        else:
            own = pack.parameters.get(ref)
            yield MissingFact(ref, own.label if own is not None else label, "", "")


def _amounts(result: Result) -> Iterator[str]:
    for amount in result.amount_trace:
        word = "保底" if amount.kind == "floor" else "最高可得"
        value = "未知" if amount.amount is None else money_text(amount.amount)
        yield f"{word}{value}：{amount.text}"
