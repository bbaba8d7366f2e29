"""Reading the fields of a pack file: each mistake is reported with its place, and reading goes on."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from babashi.rules.facts import FactDictionary
from babashi.rules.figures import figures_in
from babashi.rules.lexer import ExpressionError, lex
from babashi.rules.loading.yamltree import Value
from babashi.rules.pack import Cite, Reading
from babashi.rules.parser import ParamSpec, Parsed, Scope, Term, parse
from babashi.rules.problems import Problem
from babashi.rules.tree import Expr, Literal
from babashi.rules.units import Type

IDENTIFIER = re.compile(r"[a-z][a-z0-9-]*")
NAME = re.compile(r"[a-z][a-z0-9_]*")


class Fields:
    """Shared helpers of the pack readers."""

    def __init__(self, dictionary: FactDictionary, report: Callable[[Problem], None]) -> None:
        self.dictionary = dictionary
        self.report = report
        self.readings: dict[str, Reading] = {}
        self.params: dict[str, ParamSpec] = {}
        self.terms: dict[str, Term] = {}

    # -- problems --------------------------------------------------------------------------------------------
    def error(self, value: Value, message: str, advice: str = "") -> None:
        """An error at a node."""
        self.report(Problem(value.file, value.line, value.column, message, advice))

    def warn(self, value: Value, message: str, advice: str = "") -> None:
        """A warning at a node."""
        self.report(Problem(value.file, value.line, value.column, message, advice, "warning"))

    # -- structure -------------------------------------------------------------------------------------------
    def mapping(self, value: Value, allowed: Iterable[str], what: str) -> dict[str, Value]:
        """The pairs of a mapping; unknown keys are reported with the nearest known one."""
        if value.kind != "mapping":
            self.error(value, f"{what}应当写成“键: 值”", f"可用的键：{'、'.join(allowed)}")
            return {}
        known = list(allowed)
        for key, where in value.keys.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                self.error(
                    where,
                    f"{what}没有“{key}”这一项",
                    f"是不是 {near[0]}？" if near else f"可用：{'、'.join(known)}",
                )
        return value.pairs

    def entries(self, value: Value | None, what: str) -> list[Value]:
        """The entries of a list; nothing written is an empty list."""
        if value is None or value.is_null:
            return []
        if value.kind != "list":
            self.error(value, f"{what}应当是一个列表", "每一项前面写“- ”")
            return []
        return value.entries

    def need(
        self, owner: Value, pairs: dict[str, Value], key: str, what: str, advice: str = ""
    ) -> Value | None:
        """A field that must be there."""
        found = pairs.get(key)
        if found is None or found.is_null:
            self.error(found or owner, f"{what}缺少 {key}", advice or f"补上 {key}")
            return None
        return found

    # -- scalars ---------------------------------------------------------------------------------------------
    def text(self, value: Value | None, default: str = "") -> str:
        """A text; line breaks become single blanks."""
        if value is None or value.is_null:
            return default
        if value.kind != "scalar":
            self.error(value, "这里要一段文字", "写在一行里；有 [ ] { } 或“: ”的，整个值加引号")
            return default
        return " ".join(value.text.split())

    def need_text(self, owner: Value, pairs: dict[str, Value], key: str, what: str) -> str:
        """A text that must be there."""
        return self.text(self.need(owner, pairs, key, what))

    def choice(self, value: Value | None, options: Mapping[str, str], default: str) -> str:
        """One of a few words; the Chinese meaning of each is shown, and taken for a slip of the pen."""
        text = self.text(value, default)
        if value is not None and text not in options:
            meant = next((word for word, meaning in options.items() if text in (meaning, meaning[:2])), "")
            known = "、".join(f"{word}（{meaning}）" for word, meaning in options.items())
            self.error(value, f"不认识“{text}”", (f"是不是 {meant}？" if meant else "") + f"可用：{known}")
            return default
        return text

    def flag(self, value: Value | None, default: bool) -> bool:
        """yes or no."""
        if value is None or value.is_null:
            return default
        if value.kind != "scalar" or value.text.lower() not in ("true", "false"):
            self.error(value, f"这里要 true（是）或 false（否），不是“{value.text}”", "写 true 或 false")
            return default
        return value.text.lower() == "true"

    def whole(self, value: Value | None) -> int | None:
        """A whole number of days, or nothing."""
        if value is None or value.is_null:
            return None
        if value.kind != "scalar" or not re.fullmatch(r"\d{1,4}", value.text):
            self.error(value, "这里要一个整数", "还没有明确就写 null")
            return None
        return int(value.text)

    def day(self, value: Value | None) -> dt.date | None:
        """A date."""
        if value is None or value.is_null:
            return None
        found = re.fullmatch(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})日?", self.text(value))
        try:
            if found:
                return dt.date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        self.error(value, f"不是日期：{self.text(value)}", "写成 2022-12-31")
        return None

    def identifier(self, owner: Value, value: Value | None, what: str, seen: dict[str, Value]) -> str:
        """An id, unique among those seen so far."""
        if value is None or value.is_null:
            self.error(owner, f"{what}缺少 id", "用小写字母、数字和连字符")
            return ""
        text = self.text(value)
        if not IDENTIFIER.fullmatch(text):
            self.error(value, f"id 写法不对：{text}", "用小写字母、数字和连字符，字母开头")
        if text in seen:
            self.error(value, f"id {text} 重复（第 {seen[text].line} 行已有）", "换一个 id")
        seen.setdefault(text, value)
        return text

    # -- sources ---------------------------------------------------------------------------------------------
    def cite(self, value: Value | None, article: str) -> Cite | None:
        """A citation: ``{article, quote}``, or the quote alone for the article of the item."""
        if value is None or value.is_null:
            return None
        if value.kind == "scalar":
            return Cite(article, self.text(value))
        pairs = self.mapping(value, ("article", "quote"), "引用")
        quote = self.need_text(value, pairs, "quote", "引用")
        return Cite(self.text(pairs.get("article"), article), quote)

    def cites(self, value: Value | None, article: str) -> tuple[Cite, ...]:
        """One citation or a list of them."""
        parts = value.entries if value is not None and value.kind == "list" else [value]
        return tuple(found for part in parts if (found := self.cite(part, article)) is not None)

    def reading_ids(self, value: Value | None) -> tuple[str, ...]:
        """One id of a reading or a list of them; each must exist."""
        if value is None or value.is_null:
            return ()
        parts = value.entries if value.kind == "list" else [value]
        found: list[str] = []
        for part in parts:
            text = self.text(part)
            if text in self.readings:
                found.append(text)
                continue
            if part.kind != "scalar":
                continue
            near = difflib.get_close_matches(text, self.readings, n=1, cutoff=0.5)
            self.error(
                part, f"没有口径 {text}", f"是不是 {near[0]}？" if near else "先在 readings 里写明这条口径"
            )
        return tuple(found)

    def source_texts(self, cites: Iterable[Cite | None], readings: Iterable[str]) -> list[str]:
        """What the figures of an expression must be found in."""
        texts = [cite.quote for cite in cites if cite is not None]
        for reading_id in readings:
            reading = self.readings[reading_id]
            texts.append(reading.text)
            texts.extend(cite.quote for cite in reading.cites)
        return texts

    # -- expressions -----------------------------------------------------------------------------------------
    def expression(
        self, value: Value, expect: Type | None, sources: list[str], table: str | None = None
    ) -> Expr | None:
        """An expression, all of whose figures stand in one of the sources."""
        if value.kind != "scalar" or value.is_null:
            self.error(value, "这里要一行表达式", "如 employees_2021 >= 300人；没有内容就删去这一行")
            return None
        parsed = parse(value.text, Scope(self.dictionary, self.params, self.terms, table), expect)
        self.mistakes(value, parsed)
        known = set().union(*(figures_in(source) for source in sources)) if sources else set()
        for literal, offset in parsed.literals:
            if not _is_figure(literal) or literal.value in known:
                continue
            # A figure that is written wrongly needs no source yet.
            if any(mistake.start <= offset < mistake.end for mistake in parsed.errors):
                continue
            line, column = value.place(offset)
            advice = "引用写有这个数的原文，或在口径里写明这个数"
            self.report(Problem(value.file, line, column, f"{literal.text} 没有出处", advice))
        return parsed.expr

    def literal(self, value: Value, what: str) -> Literal | None:
        """A single constant with its unit: ``360天``, ``30万元``."""
        try:
            lexed = lex(self.text(value))
        except ExpressionError as error:
            self.error(value, error.message, error.advice)
            return None
        if list(lexed.literals) != [lexed.text]:
            self.error(value, f"{what}要是一个常量", "如 360天、30万元、2022-01-01")
            return None
        return lexed.literals[lexed.text]

    def mistakes(self, value: Value, parsed: Parsed) -> None:
        """Report the mistakes of a parsed line at their own places."""
        for mistake in parsed.errors:
            line, column = value.place(mistake.start)
            self.report(Problem(value.file, line, column, mistake.message, mistake.advice))


def _is_figure(literal: Literal) -> bool:
    return isinstance(literal.value, (int, Fraction, dt.date)) and literal.value != 0
