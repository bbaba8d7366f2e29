"""The fact dictionary: every fact the platform knows, declared once in ``packs/facts.yaml``."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FACT_TYPES: Final = ("text", "code", "codes", "bool", "int", "money", "ratio", "date", "year")
PRIVACY_CLASSES: Final = ("public", "internal", "personal")


class DictionaryError(ValueError):
    """The fact dictionary itself is broken; the message (Chinese) says where."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact: a column of the subject table or of a child table."""

    id: str
    label: str
    """What heads its column in a file, ``从业人员 2021``; people read :attr:`spoken`."""
    type: str
    unit: str = ""
    codes: tuple[str, ...] | None = None
    pattern: str | None = None
    """Regular expression that a code without a list must match completely."""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Readable names of some codes, for instance 500113 → 巴南区."""
    none_word: str | None = None
    period: str = ""
    holder: str = ""
    question: str = ""
    privacy: str = "internal"
    required: bool = False
    declarable: bool = True
    """Whether the enterprise may declare it; ``False``: only an official records it."""
    fixed: bool = False
    """What an enterprise can't change (its kind, its past): failing on it is no near miss."""
    description: str = ""
    says: str = ""
    """How a condition reads: ``在{}`` for a district; ``{}`` stands for the value. A yes/no fact has no ``{}``."""
    adjective: str = ""
    """A column whose value stands before the name of the row, and how: ``{}`` for 流动资金 before 贷款."""
    table: str | None = None
    """The child table this column belongs to, ``None`` for a fact of the subject."""

    @property
    def ref(self) -> str:
        """The id under which it is reported missing: ``employees_2021`` or ``loans.principal``."""
        return f"{self.table}.{self.id}" if self.table else self.id

    @property
    def spoken(self) -> str:
        """The label as people read it, on forms and in running text: ``从业人员 2021`` becomes ``2021年从业人员``."""
        return f"{self.period}年{self.stem}" if self.period else self.stem

    @property
    def stem(self) -> str:
        """The label without its year: ``从业人员``."""
        return self.label.removesuffix(self.period).strip() if self.period else self.label

    def code_name(self, code: str) -> str:
        """Readable name of a code."""
        return self.names.get(code, code)

    def allows(self, code: str) -> bool:
        """Whether a single code is one of the list, or has the form asked for."""
        if self.codes is not None:
            return code in self.codes
        return self.pattern is None or re.fullmatch(self.pattern, code) is not None


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A child table (several rows a subject). ``columns`` leaves out ``uscc``, which every file has."""

    id: str
    label: str
    columns: Mapping[str, FactSpec]
    key: tuple[str, ...] = ()
    """Columns that with ``uscc`` name a row; empty: rows have no name."""
    distinct_rows: bool = False
    """Identical rows count once."""
    question: str = ""


@dataclass(frozen=True, slots=True)
class ParameterTableSpec:
    """A table of official figures by key, handed in with the register."""

    id: str
    label: str
    columns: Mapping[str, FactSpec]
    key: tuple[str, ...]
    value: str
    holder: str = ""


@dataclass(frozen=True)
class FactDictionary:
    """All facts, child tables and parameter tables."""

    version: str
    facts: Mapping[str, FactSpec]
    tables: Mapping[str, TableSpec]
    parameter_tables: Mapping[str, ParameterTableSpec]
    holder_status: str = ""

    @classmethod
    def load(cls, path: Path | str | None = None) -> FactDictionary:
        """Read the dictionary; without a path the one of the packs folder (read once)."""
        if path is None:
            return _load_default(packs_root() / "facts.yaml")
        return _read(Path(path))

    @classmethod
    def from_text(cls, text: str, name: str = "facts.yaml") -> FactDictionary:
        """Read the dictionary from YAML text."""
        try:
            data = YAML(typ="safe").load(text)
        except YAMLError as error:
            raise DictionaryError(f"{name}：不是正确的 YAML：{error}") from error
        if not isinstance(data, dict):
            raise DictionaryError(f"{name}：应当是一个 YAML 映射")
        return _build(data, name)

    def spec(self, ref: str) -> FactSpec | None:
        """The fact called ``employees_2021`` or ``loans.principal``."""
        table, dot, column = ref.partition(".")
        if not dot:
            return self.facts.get(ref)
        found = self.tables.get(table)
        return found.columns.get(column) if found else None

    def missing_label(self, ref: str) -> str:
        """Chinese words for an id of a ``missing`` list: fact, table, ``table.column`` or parameter table."""
        table_id, dot, column = ref.partition(".")
        if dot and table_id in self.tables and column in self.tables[table_id].columns:
            table = self.tables[table_id]
            return f"{table.label}·{table.columns[column].label}"
        if ref in self.facts:
            return self.facts[ref].spoken
        if ref in self.tables:
            return f"{self.tables[ref].label}（整表）"
        if ref in self.parameter_tables:
            return self.parameter_tables[ref].label
        return ref

    def suggest(self, name: str, table: str | None = None) -> str | None:
        """The known id nearest to a mistyped one; a Chinese label finds its id too."""
        pool = self.tables[table].columns if table and table in self.tables else self.facts
        by_label = {re.sub(r"\s", "", spec.label): ref for ref, spec in pool.items()}
        if re.sub(r"\s", "", name) in by_label:
            return by_label[re.sub(r"\s", "", name)]
        near = difflib.get_close_matches(name, [*pool, *by_label], n=1, cutoff=0.6)
        return by_label.get(near[0], near[0]) if near else None

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Position of every id that can be missing, in the order of the dictionary."""
        refs: list[str] = list(self.facts)
        for table in self.tables.values():
            refs.append(table.id)
            refs.extend(spec.ref for spec in table.columns.values())
        refs.extend(self.parameter_tables)
        return {ref: position for position, ref in enumerate(refs)}


def project_root() -> Path:
    """The folder that holds ``packs/`` beside ``src/``."""
    return Path(__file__).resolve().parents[3]


def packs_root() -> Path:
    """Folder of all packs: ``BABASHI_PACKS`` or ``packs`` of the project."""
    configured = os.environ.get("BABASHI_PACKS")
    if configured:
        return Path(configured)
    beside_source = project_root() / "packs"
    return beside_source if beside_source.is_dir() else Path.cwd() / "packs"


@lru_cache(maxsize=4)
def _load_default(path: Path) -> FactDictionary:
    return _read(path)


def _read(path: Path) -> FactDictionary:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DictionaryError(
            f"没有指标字典 {path}。政策包的文件夹里要有 facts.yaml：先复制项目的 packs/facts.yaml，再改成本区的。"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DictionaryError(f"读不到指标字典 {path}：{error}") from error
    return FactDictionary.from_text(text, str(path))


def _build(data: dict[str, Any], name: str) -> FactDictionary:
    facts = {fid: _fact(fid, spec, None, name) for fid, spec in _mapping(data, "facts", name).items()}
    tables = {tid: _table(tid, spec, name) for tid, spec in _mapping(data, "tables", name).items()}
    parameters: dict[str, ParameterTableSpec] = {}
    for pid, spec in _mapping(data, "parameter_tables", name).items():
        columns = {
            cid: _fact(cid, column, pid, name) for cid, column in _mapping(spec, "columns", name).items()
        }
        parameters[pid] = ParameterTableSpec(
            id=pid,
            label=str(spec.get("label", pid)),
            columns=columns,
            key=tuple(spec.get("key", ())),
            value=str(spec.get("value", "value")),
            holder=str(spec.get("holder", "")),
        )
    return FactDictionary(
        version=str(data.get("version", "")),
        facts=facts,
        tables=tables,
        parameter_tables=parameters,
        holder_status=str(data.get("holder_status", "")),
    )


def _mapping(data: Any, key: str, name: str) -> dict[str, Any]:
    value = data.get(key, {}) if isinstance(data, dict) else None
    if not isinstance(value, dict):
        raise DictionaryError(f"{name}：{key} 应当是一个映射")
    return value


def _table(table_id: str, data: Any, name: str) -> TableSpec:
    columns = {cid: _fact(cid, spec, table_id, name) for cid, spec in _mapping(data, "columns", name).items()}
    return TableSpec(
        id=table_id,
        label=str(data.get("label", table_id)),
        columns=columns,
        key=tuple(data.get("key", ())),
        distinct_rows=bool(data.get("distinct_rows", False)),
        question=str(data.get("question", "")),
    )


def _fact(fact_id: str, data: Any, table: str | None, name: str) -> FactSpec:
    where = f"{name}：指标 {table + '.' if table else ''}{fact_id}"
    if not isinstance(data, dict) or not re.fullmatch(r"[a-z][a-z0-9_]*", fact_id):
        raise DictionaryError(f"{where}：id 应为小写字母、数字和下划线，内容应为映射")
    if data.get("type") not in FACT_TYPES:
        raise DictionaryError(f"{where}：type 应为 {'、'.join(FACT_TYPES)} 之一")
    if data.get("privacy", "internal") not in PRIVACY_CLASSES:
        raise DictionaryError(f"{where}：privacy 应为 {'、'.join(PRIVACY_CLASSES)} 之一")
    unknown = set(data) - (set(FactSpec.__slots__) - {"id", "table"})
    if unknown:
        raise DictionaryError(f"{where}：不认识的键 {'、'.join(sorted(unknown))}")
    codes = data.get("codes")
    return FactSpec(
        id=fact_id,
        label=str(data.get("label", fact_id)),
        type=data["type"],
        unit=str(data.get("unit", "")),
        codes=tuple(str(code) for code in codes) if codes is not None else None,
        pattern=data.get("pattern"),
        names={str(k): str(v) for k, v in data.get("names", {}).items()},
        none_word=data.get("none_word"),
        period=str(data.get("period", "")),
        holder=str(data.get("holder", "")),
        question=str(data.get("question", "")),
        privacy=data.get("privacy", "internal"),
        required=bool(data.get("required", False)),
        declarable=bool(data.get("declarable", True)),
        fixed=bool(data.get("fixed", False)),
        description=str(data.get("description", "")),
        says=str(data.get("says", "")),
        adjective=str(data.get("adjective", "")),
        table=table,
    )
