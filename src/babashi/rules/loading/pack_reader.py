"""Reading pack.yaml: the document, its readings and terms, then item by item."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from babashi.rules.facts import FactDictionary
from babashi.rules.loading.check import check_item
from babashi.rules.loading.fields import NAME, Fields
from babashi.rules.loading.files import PACK_FILE, PLATFORM_FILE, digest_of
from babashi.rules.loading.item_reader import ItemReader
from babashi.rules.loading.overlap_reader import OverlapReader
from babashi.rules.loading.parameter_reader import ParameterReader
from babashi.rules.loading.surroundings import Surroundings
from babashi.rules.loading.yamltree import Value, read_yaml
from babashi.rules.pack import Clause, Document, Item, Not, Overlap, Pack, Parameter, Reading
from babashi.rules.parser import Term
from babashi.rules.places import NO_NUMBER
from babashi.rules.problems import Problem
from babashi.rules.tree import Literal
from babashi.rules.units import ANY, BOOL

_PACK_KEYS = (
    "format", "id", "version", "enabled", "status", "document", "readings", "parameters", "terms", "overlap",
    "processes", "items", "common_readings",
)  # fmt: skip
_DOCUMENT_KEYS = (
    "number", "title", "short_title", "issuer", "region", "region_name", "coordinator", "coordinator_cite", "source",
)  # fmt: skip

TO_BE_WRITTEN = "待写成规则"
"""What a drafted condition says of itself until somebody has written it."""


class PackReader:
    """Reads one pack; every mistake is added to ``problems`` and reading goes on."""

    def __init__(
        self, files: Mapping[str, str], dictionary: FactDictionary, problems: list[Problem], where: str
    ) -> None:
        self.files = files
        self.dictionary = dictionary
        self.problems = problems
        self.where = where
        self.fields = Fields(dictionary, problems.append)

    def read(self) -> Pack | None:
        """The pack, ``None`` when it can't be read at all."""
        root = read_yaml(self.files.get(PACK_FILE, ""), f"{self.where}{PACK_FILE}", self.problems.append)
        if root is None:
            return None
        fields = self.fields
        pairs = fields.mapping(root, _PACK_KEYS, "政策包")
        if not pairs:
            return None
        if fields.text(pairs.get("format"), "1") != "1":
            fields.error(pairs["format"], "只认识第 1 版的格式", "写成 format: 1")
        around = self._surroundings(root, pairs)
        items = self._items(root, pairs, around)
        own = {item.full_id for item in items}
        overlap = OverlapReader(fields).read(pairs.get("overlap"), around.pack_id, own)
        self._unused_readings(pairs.get("readings"), items, overlap, around.parameters)
        return Pack(
            id=around.pack_id,
            version=around.version,
            enabled=fields.flag(pairs.get("enabled"), True),
            status=fields.text(pairs.get("status")),
            document=around.document,
            items=tuple(items),
            readings=fields.readings,
            parameters=around.parameters,
            terms=fields.terms,
            overlap=overlap,
            dictionary=self.dictionary,
            digest=around.digest,
            files=dict(self.files),
            warnings=tuple(problem for problem in self.problems if problem.severity == "warning"),
        )

    def _surroundings(self, root: Value, pairs: dict[str, Value]) -> Surroundings:
        """What comes before the items; the order counts, each part may name what was read before it."""
        fields = self.fields
        pack_id = fields.identifier(root, pairs.get("id"), "政策包", {})
        version = fields.need_text(root, pairs, "version", "政策包")
        document = self._document(root, pairs)
        self._readings(pairs.get("readings"))
        parameters = ParameterReader(fields, self.files, self.where).read(pairs.get("parameters"))
        self._terms(pairs.get("terms"))
        return Surroundings(
            pack_id=pack_id,
            version=version,
            digest=digest_of(self.files),
            document=document,
            processes=self._processes(pairs.get("processes")),
            parameters=parameters,
            common_readings=fields.reading_ids(pairs.get("common_readings")),
            exclusions=tuple(self._exclusions()),
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
        number = (
            fields.need(owner, inner, "number", "文件", f"补上 number；没有文号写 {NO_NUMBER}")
            if inner
            else None
        )
        return Document(
            number=fields.text(number),
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
        open_ones: list[tuple[str, Value]] = []
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
            if TO_BE_WRITTEN in fields.readings[reading_id].text:
                open_ones.append((reading_id, pairs.get("text", entry)))
        if open_ones:
            names = "、".join(name for name, _ in open_ones[:5]) + ("等" if len(open_ones) > 5 else "")
            fields.warn(
                open_ones[0][1],
                f"{len(open_ones)} 条口径还{TO_BE_WRITTEN}（{names}），发布后人人看得到",
                "写成条件后删去这条口径和事项里的引用；写不成条件的，改成口径的正式表述",
            )

    def _terms(self, value: Value | None) -> None:
        if value is None or value.is_null:
            return
        if value.kind != "mapping":
            self.fields.error(
                value, "terms 应当写成“名字: 内容”", "如 big_loan: {label: …, test: …, cite: …}"
            )
            return
        for name, entry in value.pairs.items():
            taken = name in self.dictionary.facts or name in self.fields.params
            if not NAME.fullmatch(name) or taken:
                advice = "用小写字母、数字和下划线，不和指标、参数重名"
                self.fields.error(value.keys[name], f"用语不能叫 {name}", advice)
            self.fields.terms[name] = self._term(name, entry)

    def _term(self, name: str, entry: Value) -> Term:
        """A broken term still has its name: its users must not be reported as well."""
        fields = self.fields
        pairs = fields.mapping(entry, ("label", "table", "test", "cite", "reading", "readings"), "用语")
        label, table = fields.text(pairs.get("label"), name), fields.text(pairs.get("table")) or None
        broken = Term(name, label, None, Literal(0, ANY))
        cites = fields.cites(pairs.get("cite"), "")
        readings = fields.reading_ids(pairs.get("readings") or pairs.get("reading"))
        if not cites and not readings:
            fields.error(entry, f"用语 {name} 没有出处", "写 cite 或 reading")
        if table is not None and table not in self.dictionary.tables:
            near = difflib.get_close_matches(table, self.dictionary.tables, n=1, cutoff=0.5)
            known = f"可用：{'、'.join(self.dictionary.tables)}"
            fields.error(pairs["table"], f"没有子表 {table}", f"是不是 {near[0]}？" if near else known)
            return broken
        test = fields.need(entry, pairs, "test", "用语")
        if test is None:
            return broken
        expr = fields.expression(test, BOOL, fields.source_texts(cites, readings), table)
        return Term(name, label, table, expr) if expr is not None else broken

    def _processes(self, value: Value | None) -> dict[str, Value]:
        if value is None or value.is_null:
            return {}
        if value.kind != "mapping":
            self.fields.error(value, "processes 应当写成“名字: 环节列表”", "如 money: 下面写各个环节")
            return {}
        return dict(value.pairs)

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
