"""Loading packs: from a folder or from stored texts, all problems at once."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from babashi.rules.check import check_item
from babashi.rules.facts import FactDictionary
from babashi.rules.fields import NAME, Fields
from babashi.rules.figures import figures_in
from babashi.rules.item_reader import ItemReader, Surroundings
from babashi.rules.lexer import ExpressionError, lex
from babashi.rules.money import exact
from babashi.rules.pack import (
    Clause,
    Document,
    Item,
    Not,
    Overlap,
    OverlapPair,
    Pack,
    Parameter,
    Reading,
    SharedCeiling,
)
from babashi.rules.parser import ParamSpec, Term
from babashi.rules.problems import PackErrors, Problem
from babashi.rules.tree import Literal
from babashi.rules.units import ANY, BOOL, RATIO, YUAN
from babashi.rules.values import DatedValue
from babashi.rules.yamltree import Value, read_yaml

PACK_FILE = "pack.yaml"
CASES_FILE = "cases.yaml"
PLATFORM_FILE = "platform.yaml"
"""Settings for all packs, in a folder above them; a pack carries the text that held when it was read."""
_PACK_KEYS = (
    "format", "id", "version", "enabled", "status", "document", "readings", "parameters", "terms", "overlap",
    "processes", "items", "common_readings",
)  # fmt: skip
_DOCUMENT_KEYS = (
    "number", "title", "short_title", "issuer", "region", "region_name", "coordinator", "coordinator_cite", "source",
)  # fmt: skip


def find_packs(root: Path) -> list[Path]:
    """Folders that hold a pack, in a stable order."""
    return sorted(path.parent for path in root.glob(f"**/{PACK_FILE}"))


def read_files(folder: Path) -> dict[str, str]:
    """The texts of a pack folder: ``pack.yaml``, ``cases.yaml``, its tables and the platform's settings."""
    files: dict[str, str] = {}
    above = [parent / PLATFORM_FILE for parent in folder.resolve().parents[:3]]
    settings = [path for path in above if path.is_file()][:1]
    for path in (*sorted(folder.iterdir()), *settings):
        if path.name in (PACK_FILE, CASES_FILE, PLATFORM_FILE) or path.suffix == ".csv":
            try:
                files[path.name] = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError:
                raise PackErrors([Problem(str(path), 1, 1, "不是 UTF-8 编码", "另存为 UTF-8")]) from None
    return files


def load_pack(folder: Path | str, dictionary: FactDictionary) -> Pack:
    """Read and check a pack folder; raises :class:`PackErrors` with everything that is wrong."""
    folder = Path(folder)
    if not (folder / PACK_FILE).is_file():
        raise PackErrors(
            [Problem(str(folder / PACK_FILE), 1, 1, "没有这个文件", "政策包文件夹里要有 pack.yaml")]
        )
    return load_pack_from_texts(read_files(folder), dictionary, where=f"{folder}/")


def load_pack_from_texts(files: Mapping[str, str], dictionary: FactDictionary, where: str = "") -> Pack:
    """The same from texts by file name, as a stored version keeps them."""
    problems: list[Problem] = []
    pack = _PackReader(files, dictionary, problems, where).read()
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or pack is None:
        raise PackErrors(problems)
    return pack


def digest_of(files: Mapping[str, str]) -> str:
    """SHA-256 over the files that decide what a pack means (its cases don't)."""
    running = hashlib.sha256()
    for name, text in sorted(files.items()):
        if name != CASES_FILE:
            running.update(f"{name}\0{len(text)}\0{text}\0".encode())
    return running.hexdigest()


class _PackReader:
    def __init__(
        self, files: Mapping[str, str], dictionary: FactDictionary, problems: list[Problem], where: str
    ) -> None:
        self.files = files
        self.dictionary = dictionary
        self.problems = problems
        self.where = where
        self.fields = Fields(dictionary, problems.append)

    def read(self) -> Pack | None:
        root = read_yaml(self.files.get(PACK_FILE, ""), f"{self.where}{PACK_FILE}", self.problems.append)
        if root is None:
            return None
        fields = self.fields
        pairs = fields.mapping(root, _PACK_KEYS, "政策包")
        if not pairs:
            return None
        pack_id = fields.identifier(root, pairs.get("id"), "政策包", {})
        version = fields.need_text(root, pairs, "version", "政策包")
        document = self._document(root, pairs)
        self._readings(pairs.get("readings"))
        parameters = self._parameters(pairs.get("parameters"))
        self._terms(pairs.get("terms"))
        around = Surroundings(
            pack_id=pack_id,
            version=version,
            digest=digest_of(self.files),
            document_number=document.number,
            processes=self._processes(pairs.get("processes")),
            parameters=parameters,
            common_readings=fields.reading_ids(pairs.get("common_readings")),
            exclusions=tuple(self._exclusions()),
        )
        items = self._items(root, pairs, around)
        overlap = self._overlap(pairs.get("overlap"))
        self._check_overlap(pairs.get("overlap"), overlap, pack_id, {item.full_id for item in items})
        self._unused_readings(pairs.get("readings"), items, overlap, parameters)
        return Pack(
            id=pack_id,
            version=version,
            enabled=fields.flag(pairs.get("enabled"), True),
            status=fields.text(pairs.get("status")),
            document=document,
            items=tuple(items),
            readings=fields.readings,
            parameters=parameters,
            terms=fields.terms,
            overlap=overlap,
            dictionary=self.dictionary,
            digest=around.digest,
            files=dict(self.files),
            warnings=tuple(problem for problem in self.problems if problem.severity == "warning"),
        )

    def _items(self, root: Value, pairs: dict[str, Value], around: Surroundings) -> list[Item]:
        reader = ItemReader(self.fields, around)
        items: list[Item] = []
        for entry in self.fields.entries(self.fields.need(root, pairs, "items", "政策包"), "items"):
            item = reader.read(entry)
            if item is not None:
                items.append(item)
                check_item(item, entry, self.fields)
        return items

    def _exclusions(self) -> Iterator[Not]:
        """The platform's exclusions: whoever meets one is not eligible for anything."""
        text = self.files.get(PLATFORM_FILE)
        root = read_yaml(text, PLATFORM_FILE, self.problems.append) if text else None
        pairs = self.fields.mapping(root, ("exclusions",), "平台设置") if root is not None else {}
        seen: dict[str, Value] = {}
        for entry in self.fields.entries(pairs.get("exclusions"), "exclusions"):
            inner = self.fields.mapping(entry, ("id", "name", "test", "reason", "confirm_by"), "排除情形")
            node_id = self.fields.identifier(entry, inner.get("id"), "排除情形", seen)
            reason = self.fields.need_text(entry, inner, "reason", "排除情形")
            test = self.fields.need(entry, inner, "test", "排除情形")
            expr = self.fields.expression(test, BOOL, [reason]) if test is not None else None
            if expr is not None:
                clause = Clause(f"{node_id}.1", expr, self.fields.text(inner.get("name")), hint=reason)
                yield Not(clause, node_id, hint=reason)

    def _document(self, root: Value, pairs: dict[str, Value]) -> Document:
        fields = self.fields
        value = fields.need(root, pairs, "document", "政策包")
        inner = fields.mapping(value, _DOCUMENT_KEYS, "文件") if value is not None else {}
        owner = value or root
        title = fields.need_text(owner, inner, "title", "文件") if inner else ""
        return Document(
            number=fields.need_text(owner, inner, "number", "文件") if inner else "",
            title=title,
            short_title=fields.text(inner.get("short_title"), title),
            issuer=fields.text(inner.get("issuer")),
            region=fields.text(inner.get("region")),
            region_name=fields.text(inner.get("region_name")),
            coordinator=fields.text(inner.get("coordinator")),
            coordinator_cite=fields.cite(inner.get("coordinator_cite"), "正文"),
            source=fields.text(inner.get("source")),
        )

    def _readings(self, value: Value | None) -> None:
        fields = self.fields
        seen: dict[str, Value] = {}
        for entry in fields.entries(value, "readings"):
            pairs = fields.mapping(entry, ("id", "text", "status", "confirm_by", "cite", "source"), "口径")
            reading_id = fields.identifier(entry, pairs.get("id"), "口径", seen)
            fields.readings[reading_id] = Reading(
                id=reading_id,
                text=fields.need_text(entry, pairs, "text", "口径"),
                status=fields.text(pairs.get("status"), "待牵头单位确认"),
                confirm_by=fields.need_text(entry, pairs, "confirm_by", "口径"),
                cites=fields.cites(pairs.get("cite"), ""),
                source=fields.text(pairs.get("source")),
            )

    # -- parameters ------------------------------------------------------------------------------------------
    def _parameters(self, value: Value | None) -> dict[str, Parameter]:
        found: dict[str, Parameter] = {}
        if value is None or value.is_null:
            return found
        if value.kind != "mapping":
            self.fields.error(value, "parameters 应当写成“名字: 内容”")
            return found
        for name, entry in value.pairs.items():
            if not NAME.fullmatch(name) or name in self.dictionary.facts:
                self.fields.error(
                    value.keys[name], f"参数名不能用 {name}", "用小写字母、数字和下划线，不和指标重名"
                )
            parameter = self._parameter(name, entry)
            if parameter is not None:
                found[name] = parameter
                self.fields.params[name] = parameter.spec
        return found

    def _parameter(self, name: str, value: Value) -> Parameter | None:
        fields = self.fields
        pairs = fields.mapping(value, ("label", "value", "file", "cite", "reading", "readings"), "参数")
        label = fields.need_text(value, pairs, "label", "参数")
        cite = fields.cite(pairs.get("cite"), "")
        readings = fields.reading_ids(pairs.get("readings") or pairs.get("reading"))
        if cite is None and not readings:
            fields.error(value, f"参数 {name} 没有出处", "写 cite: 原文，或 reading: 口径的 id")
        if "file" in pairs:
            lines = self._dated_lines(pairs["file"])
            steps = tuple((line.effective_from, exact(line.value)) for line in lines)
            return Parameter(ParamSpec(name, label, RATIO, steps=steps), label, readings, cite, lines)
        text = fields.need(value, pairs, "value", "参数")
        literal = self._literal(text) if text is not None else None
        if literal is None or text is None:
            return None
        sources = fields.source_texts([cite], readings)
        if literal.value not in set().union(*(figures_in(source) for source in sources), set()):
            fields.error(text, f"{literal.text} 没有出处", "引用写有这个数的原文，或在口径里写明这个数")
        return Parameter(ParamSpec(name, label, literal.type, literal.value), label, readings, cite)

    def _literal(self, value: Value) -> Literal | None:
        try:
            lexed = lex(self.fields.text(value))
        except ExpressionError as error:
            self.fields.error(value, error.message, error.advice)
            return None
        if list(lexed.literals) != [lexed.text]:
            self.fields.error(value, "参数要是一个常量", "如 360天、30万元、2022-01-01")
            return None
        return lexed.literals[lexed.text]

    def _dated_lines(self, value: Value) -> tuple[DatedValue, ...]:
        name = self.fields.text(value)
        text = self.files.get(name)
        if text is None:
            self.fields.error(value, f"没有文件 {name}", "放在 pack.yaml 同一个文件夹")
            return ()
        lines: list[DatedValue] = []
        reader = csv.DictReader(io.StringIO(text))
        if not {"effective_from", "value"} <= set(reader.fieldnames or ()):
            self.fields.report(
                Problem(f"{self.where}{name}", 1, 1, "表头要有 effective_from,value,source,status")
            )
            return ()
        for row in reader:
            try:
                day = dt.date.fromisoformat((row["effective_from"] or "").strip())
                rate = _rate((row["value"] or "").strip())
            except (ValueError, ArithmeticError):
                message, advice = (
                    f"这一行读不懂：{','.join(str(part) for part in row.values())}",
                    "日期写 2022-01-20，数写 3.70% 或 0.0370",
                )
                self.fields.report(Problem(f"{self.where}{name}", reader.line_num, 1, message, advice))
                continue
            if lines and day <= lines[-1].effective_from:
                self.fields.report(
                    Problem(f"{self.where}{name}", reader.line_num, 1, "日期要从早到晚，不能重复")
                )
            if not (row.get("source") or "").strip():
                self.fields.report(
                    Problem(f"{self.where}{name}", reader.line_num, 1, "这一行没有来源", "填 source")
                )
            lines.append(
                DatedValue(day, rate, (row.get("source") or "").strip(), (row.get("status") or "").strip())
            )
        return tuple(lines)

    # -- terms, processes, overlap ---------------------------------------------------------------------------
    def _terms(self, value: Value | None) -> None:
        fields = self.fields
        if value is None or value.is_null:
            return
        for name, entry in value.pairs.items():
            pairs = fields.mapping(entry, ("label", "table", "test", "cite", "reading", "readings"), "用语")
            taken = name in self.dictionary.facts or name in fields.params
            if not NAME.fullmatch(name) or taken:
                fields.error(
                    value.keys[name], f"用语不能叫 {name}", "用小写字母、数字和下划线，不和指标、参数重名"
                )
            table = fields.text(pairs.get("table")) or None
            if table is not None and table not in self.dictionary.tables:
                fields.error(
                    pairs["table"], f"没有子表 {table}", f"可用：{'、'.join(self.dictionary.tables)}"
                )
                continue
            cites = fields.cites(pairs.get("cite"), "")
            readings = fields.reading_ids(pairs.get("readings") or pairs.get("reading"))
            if not cites and not readings:
                fields.error(entry, f"用语 {name} 没有出处", "写 cite 或 reading")
            test = fields.need(entry, pairs, "test", "用语")
            if test is None:
                continue
            expr = fields.expression(test, BOOL, fields.source_texts(cites, readings), table)
            # A broken term still has its name: its users must not be reported as well.
            label = fields.text(pairs.get("label"), name)
            fields.terms[name] = Term(name, label, table, expr if expr is not None else Literal(0, ANY))

    def _processes(self, value: Value | None) -> dict[str, Value]:
        if value is None or value.is_null:
            return {}
        if value.kind != "mapping":
            self.fields.error(value, "processes 应当写成“名字: 环节列表”")
            return {}
        return dict(value.pairs)

    def _overlap(self, value: Value | None) -> Overlap:
        if value is None or value.is_null:
            return Overlap()
        fields = self.fields
        keys = ("cite", "reading", "readings", "exceptions", "exclusions", "shared_ceilings")
        pairs = fields.mapping(value, keys, "从高不重复")
        return Overlap(
            cite=fields.cite(pairs.get("cite"), "末段"),
            readings=fields.reading_ids(pairs.get("readings") or pairs.get("reading")),
            exceptions=tuple(self._pairs_of(pairs.get("exceptions"))),
            exclusions=tuple(self._pairs_of(pairs.get("exclusions"))),
            shared_ceilings=tuple(self._shared_ceilings(pairs.get("shared_ceilings"))),
        )

    def _pairs_of(self, value: Value | None) -> Iterator[OverlapPair]:
        fields = self.fields
        for entry in fields.entries(value, "例外"):
            pairs = fields.mapping(entry, ("items", "reason", "source", "status"), "例外")
            items = [fields.text(part) for part in fields.entries(pairs.get("items"), "items")]
            if len(items) != 2 or items[0] == items[1]:
                fields.error(entry, "要写两个不同的事项", "items: [包/事项, 包/事项]")
                continue
            reason = fields.need_text(entry, pairs, "reason", "例外")
            source = fields.need_text(entry, pairs, "source", "例外")
            yield OverlapPair((items[0], items[1]), reason, source, fields.text(pairs.get("status")))

    def _shared_ceilings(self, value: Value | None) -> Iterator[SharedCeiling]:
        fields = self.fields
        for entry in fields.entries(value, "合计上限"):
            pairs = fields.mapping(entry, ("items", "ceiling", "reason"), "合计上限")
            amount = fields.need(entry, pairs, "ceiling", "合计上限")
            literal = self._literal(amount) if amount is not None else None
            if literal is None or literal.type != YUAN or not isinstance(literal.value, (int, Fraction)):
                fields.error(amount or entry, "合计上限要是金额", "如 100万元")
                continue
            items = tuple(fields.text(part) for part in fields.entries(pairs.get("items"), "items"))
            yuan = Decimal(Fraction(literal.value).numerator) / Decimal(Fraction(literal.value).denominator)
            yield SharedCeiling(items, yuan, fields.need_text(entry, pairs, "reason", "合计上限"))

    def _check_overlap(self, value: Value | None, overlap: Overlap, pack_id: str, own: set[str]) -> None:
        """Items of this pack must exist, and stand under one shared ceiling at most."""
        if value is None or value.is_null:
            return
        groups: list[tuple[str, ...]] = [pair.items for pair in (*overlap.exceptions, *overlap.exclusions)]
        groups += [ceiling.items for ceiling in overlap.shared_ceilings]
        for name in dict.fromkeys(name for names in groups for name in names):
            if "/" not in name:
                self.fields.error(value, f"事项要写全：{name}", f"写成 {pack_id}/{name}")
            elif name.startswith(f"{pack_id}/") and name not in own:
                self.fields.error(value, f"没有事项 {name}", f"可用：{'、'.join(sorted(own))}")
        limited = [name for ceiling in overlap.shared_ceilings for name in ceiling.items]
        for name in sorted({name for name in limited if limited.count(name) > 1}):
            self.fields.error(value, f"{name} 有两个合计上限", "一个事项最多属于一个合计上限")

    def _unused_readings(
        self, value: Value | None, items: list[Item], overlap: Overlap, parameters: dict[str, Parameter]
    ) -> None:
        used = {reading for item in items for reading in item.readings} | set(overlap.readings)
        used |= {reading for parameter in parameters.values() for reading in parameter.readings}
        used |= {reading for item in items for term in item.benefit.terms for reading in term.readings}
        for entry in self.fields.entries(value, "readings") if not self.problems else []:
            reading_id = self.fields.text(entry.pairs.get("id"))
            if reading_id not in used:
                self.fields.warn(entry, f"口径 {reading_id} 没有被用到", "删去，或写进用到它的条件")


def _rate(text: str) -> Decimal:
    number = Decimal(text.rstrip("%％"))
    if not number.is_finite():
        raise ValueError(text)
    return number / 100 if text.endswith(("%", "％")) else number
