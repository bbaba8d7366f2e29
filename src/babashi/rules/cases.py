"""Test cases of a pack (``cases.yaml``): facts in, verdict out, readable by officials."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from babashi.rules.evaluate import evaluate
from babashi.rules.facts import FactDictionary, FactSpec, ParameterTableSpec
from babashi.rules.lexer import ExpressionError, lex
from babashi.rules.loader import CASES_FILE
from babashi.rules.loading.fields import Fields
from babashi.rules.loading.yamltree import Value as Yaml
from babashi.rules.loading.yamltree import read_yaml
from babashi.rules.money import format_yuan
from babashi.rules.pack import Item, Pack
from babashi.rules.problems import PackErrors, Problem
from babashi.rules.values import NEVER, ParameterKey, Parameters, Subject, Value, normal_key

_CASE_KEYS = ("item", "name", "like", "facts", "tables", "parameters", "as_of", "expect")
_BASE_KEYS = ("like", "facts", "tables", "parameters")
_EXPECT_KEYS = ("verdict", "amount_min", "amount_max", "failed", "missing", "closed")
_VERDICTS = {"eligible": "可享", "ineligible": "不符合", "unknown": "缺资料"}
DEFAULT_DAY = dt.date(2022, 9, 1)

Facts = dict[str, Value | None]
Tables = dict[str, list[dict[str, Value | None]] | None]
ParameterRows = dict[str, Mapping[Sequence[object], Decimal | None] | None]


@dataclass
class Situation:
    """Facts, rows and parameters of a case, possibly built upon another one."""

    facts: Facts = field(default_factory=dict)
    tables: Tables = field(default_factory=dict)
    parameters: ParameterRows = field(default_factory=dict)

    def extended(self, other: Situation) -> Situation:
        """This one with the other's entries on top."""
        return Situation(
            {**self.facts, **other.facts},
            {**self.tables, **other.tables},
            {**self.parameters, **other.parameters},
        )


@dataclass(frozen=True)
class Case:
    """One case: what is given and what must come out (only what ``expect`` names is compared)."""

    name: str
    item: Item
    situation: Situation
    as_of: dt.date
    expect: Mapping[str, object]
    line: int

    def run(self) -> list[str]:
        """Differences in Chinese; empty when the case holds."""
        subject = Subject(self.situation.facts, self.situation.tables)
        parameters = Parameters(self.situation.parameters)
        result = evaluate(self.item, subject, parameters, self.as_of)
        line = result.to_line()
        found: dict[str, object] = {
            **line,
            "failed": tuple(line["failed"]),
            "missing": tuple(line["missing"]),
        }
        return [
            f"{key} 应为 {_shown(wanted)}，得到 {_shown(found[key])}"
            for key, wanted in self.expect.items()
            if found[key] != wanted
        ]


def read_cases(pack: Pack, where: str = "") -> tuple[Case, ...]:
    """The cases of a pack; raises :class:`PackErrors` when they can't be read."""
    text = pack.files.get(CASES_FILE)
    if text is None:
        return ()
    problems: list[Problem] = []
    reader = _CaseReader(pack, problems)
    root = read_yaml(text, f"{where}{CASES_FILE}", problems.append)
    cases = tuple(reader.read(root)) if root is not None else ()
    if problems:
        raise PackErrors(problems)
    return cases


class _CaseReader:
    def __init__(self, pack: Pack, problems: list[Problem]) -> None:
        self.pack = pack
        self.dictionary: FactDictionary = pack.dictionary
        self.fields = Fields(pack.dictionary, problems.append)
        self.bases: dict[str, Situation] = {}

    def read(self, root: Yaml) -> Iterator[Case]:
        pairs = self.fields.mapping(root, ("bases", "cases"), "用例文件")
        bases = pairs.get("bases")
        for name, value in bases.pairs.items() if bases is not None else ():
            self.bases[name] = self._situation(value, _BASE_KEYS)
        for entry in self.fields.entries(pairs.get("cases"), "cases"):
            case = self._case(entry)
            if case is not None:
                yield case

    def _case(self, value: Yaml) -> Case | None:
        fields = self.fields
        pairs = fields.mapping(value, _CASE_KEYS, "用例")
        item_value, expect = (
            fields.need(value, pairs, "item", "用例"),
            fields.need(value, pairs, "expect", "用例"),
        )
        if item_value is None or expect is None:
            return None
        try:
            item = self.pack.item(fields.text(item_value))
        except KeyError:
            known = "、".join(item.id for item in self.pack.items)
            fields.error(item_value, f"没有事项 {fields.text(item_value)}", f"可用：{known}")
            return None
        as_of = fields.day(pairs.get("as_of")) or DEFAULT_DAY
        name = fields.need_text(value, pairs, "name", "用例")
        return Case(
            name, item, self._situation(value, _CASE_KEYS), as_of, self._expect(expect, item), value.line
        )

    def _expect(self, value: Yaml, item: Item) -> dict[str, object]:
        fields = self.fields
        pairs = fields.mapping(value, _EXPECT_KEYS, "预期")
        found: dict[str, object] = {}
        if "verdict" in pairs:
            found["verdict"] = fields.choice(pairs["verdict"], _VERDICTS, "unknown")
        for key in ("amount_min", "amount_max"):
            if key in pairs:
                amount = None if pairs[key].is_null else self._number(pairs[key])
                found[key] = None if amount is None else format_yuan(amount)
        for key in ("failed", "missing"):
            if key in pairs:
                found[key] = tuple(fields.text(entry) for entry in fields.entries(pairs[key], key))
        if "closed" in pairs:
            found["closed"] = fields.flag(pairs["closed"], False)
        found.setdefault(
            "missing", () if found.get("verdict") in ("eligible", "ineligible") else found.get("missing")
        )
        if found["missing"] is None:
            fields.error(value, "结论是 unknown 时要写 missing", "missing: [缺少的指标]")
        return found

    # -- situations ------------------------------------------------------------------------------------------
    def _situation(self, value: Yaml, keys: tuple[str, ...]) -> Situation:
        fields = self.fields
        pairs = fields.mapping(value, keys, "用例")
        base = Situation()
        if "like" in pairs:
            name = fields.text(pairs["like"])
            if name not in self.bases:
                fields.error(pairs["like"], f"没有叫 {name} 的基础情形", f"可用：{'、'.join(self.bases)}")
            base = self.bases.get(name, base)
        own = Situation(
            facts=self._row(pairs.get("facts"), self.dictionary.facts),
            tables=dict(self._tables(pairs.get("tables"))),
            parameters=dict(self._parameters(pairs.get("parameters"))),
        )
        return base.extended(own)

    def _tables(self, value: Yaml | None) -> Iterator[tuple[str, list[dict[str, Value | None]] | None]]:
        for name, rows in value.pairs.items() if value is not None else ():
            spec = self.dictionary.tables.get(name)
            if spec is None:
                self.fields.error(rows, f"没有子表 {name}", f"可用：{'、'.join(self.dictionary.tables)}")
            elif rows.is_null:
                yield name, None
            else:
                yield name, [self._row(row, spec.columns) for row in self.fields.entries(rows, name)]

    def _parameters(
        self, value: Yaml | None
    ) -> Iterator[tuple[str, Mapping[Sequence[object], Decimal | None] | None]]:
        for name, rows in value.pairs.items() if value is not None else ():
            spec = self.dictionary.parameter_tables.get(name)
            if spec is None:
                self.fields.error(
                    rows, f"没有参数表 {name}", f"可用：{'、'.join(self.dictionary.parameter_tables)}"
                )
            elif rows.is_null:
                yield name, None
            else:
                yield name, dict(self._parameter_row(row, spec) for row in self.fields.entries(rows, name))

    def _parameter_row(self, value: Yaml, spec: ParameterTableSpec) -> tuple[ParameterKey, Decimal | None]:
        row = self._row(value, spec.columns)
        figure = row.get(spec.value)
        return normal_key([row.get(key) or "" for key in spec.key]), figure if isinstance(
            figure, Decimal
        ) else None

    def _row(self, value: Yaml | None, columns: Mapping[str, FactSpec]) -> dict[str, Value | None]:
        if value is None or value.is_null:
            return {}
        pairs = self.fields.mapping(value, tuple(columns), "指标")
        return {name: self._value(columns[name], cell) for name, cell in pairs.items() if name in columns}

    # -- values ----------------------------------------------------------------------------------------------
    def _value(self, spec: FactSpec, value: Yaml) -> Value | None:
        fields = self.fields
        if value.is_null:
            return None
        if spec.type == "codes":
            return self._codes(spec, value)
        text = fields.text(value)
        if spec.type in ("text", "code"):
            if spec.type == "code" and not spec.allows(text):
                fields.error(value, f"{spec.label}没有代码“{text}”", f"可用：{'、'.join(spec.codes or ())}")
            return text
        if spec.type == "bool":
            if text in ("是", "否"):
                return text == "是"
            return fields.flag(value, False)
        if spec.type == "date":
            return fields.day(value)
        if spec.type == "year" and text == spec.none_word:
            return NEVER
        number = self._number(value)
        if number is None or spec.type in ("money", "ratio"):
            return number
        return int(number)

    def _codes(self, spec: FactSpec, value: Yaml) -> frozenset[str]:
        if value.kind == "scalar" and value.text == spec.none_word:
            return frozenset()
        codes = [self.fields.text(entry) for entry in self.fields.entries(value, spec.label)]
        for code in codes:
            if not spec.allows(code):
                self.fields.error(
                    value, f"{spec.label}没有代码“{code}”", f"可用：{'、'.join(spec.codes or ())}"
                )
        return frozenset(codes)

    def _number(self, value: Yaml) -> Decimal | None:
        text = self.fields.text(value)
        try:
            return Decimal(text)
        except InvalidOperation:
            pass
        try:
            lexed = lex(text.removeprefix("-"))
        except ExpressionError as error:
            self.fields.error(value, error.message, error.advice)
            return None
        literal = lexed.literals.get(lexed.text)
        if (
            literal is None
            or isinstance(literal.value, bool)
            or not isinstance(literal.value, (int, Fraction))
        ):
            self.fields.error(value, f"不是数：{text}", "写 300、2000万元 或 12345.67")
            return None
        exact = Fraction(literal.value)
        sign = -1 if text.startswith("-") else 1
        return sign * Decimal(exact.numerator) / Decimal(exact.denominator)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(str(entry) for entry in value) + "]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
