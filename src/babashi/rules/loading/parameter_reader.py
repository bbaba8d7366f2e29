"""Reading the parameters of a pack: figures a department may change, single or by date."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from babashi.rules.figures import figures_in
from babashi.rules.loading.fields import NAME, Fields
from babashi.rules.loading.yamltree import Value
from babashi.rules.money import exact
from babashi.rules.pack import Parameter
from babashi.rules.parser import ParamSpec
from babashi.rules.problems import Problem
from babashi.rules.units import RATIO
from babashi.rules.values import DatedValue

_COLUMNS: Final = ("effective_from", "value", "source", "status")
_RATE: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,12})?[%％]?")


class ParameterReader:
    """Reads ``parameters``; ``files`` are the texts of the pack folder, for dated tables."""

    def __init__(self, fields: Fields, files: Mapping[str, str], where: str) -> None:
        self.fields = fields
        self.files = files
        self.where = where

    def read(self, value: Value | None) -> dict[str, Parameter]:
        """Parameters by name; expressions may use them from now on."""
        found: dict[str, Parameter] = {}
        if value is None or value.is_null:
            return found
        if value.kind != "mapping":
            self.fields.error(
                value,
                "parameters 应当写成“名字: 内容”",
                "如 day_base: {label: 计息天数基数, value: 360天, cite: …}",
            )
            return found
        for name, entry in value.pairs.items():
            if not NAME.fullmatch(name) or name in self.fields.dictionary.facts:
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
        literal = fields.literal(text, "参数") if text is not None else None
        if literal is None or text is None:
            return None
        sources = fields.source_texts([cite], readings)
        if literal.value not in set().union(*(figures_in(source) for source in sources), set()):
            fields.error(text, f"{literal.text} 没有出处", "引用写有这个数的原文，或在口径里写明这个数")
        return Parameter(ParamSpec(name, label, literal.type, literal.value), label, readings, cite)

    def _dated_lines(self, value: Value) -> tuple[DatedValue, ...]:
        if value.kind != "scalar":
            self.fields.error(value, "这里要一个文件名", "如 file: lpr_1y.csv")
            return ()
        name = self.fields.text(value)
        text = self.files.get(name)
        if text is None or not name.endswith(".csv"):
            tables = [file for file in self.files if file.endswith(".csv")]
            advice = f"可用：{'、'.join(tables)}" if tables else "表（csv 文件）放在 pack.yaml 同一个文件夹"
            self.fields.error(value, f"没有文件 {name}", advice)
            return ()
        return tuple(self._lines_of(name, text))

    def _lines_of(self, name: str, text: str) -> Iterator[DatedValue]:
        reader = csv.DictReader(io.StringIO(text))
        last: DatedValue | None = None
        number = 1
        try:
            if not {"effective_from", "value"} <= set(reader.fieldnames or ()):
                self._report(name, 1, "表头不对", f"第一行写 {','.join(_COLUMNS)}")
                return
            for row in reader:
                number = reader.line_num
                line = self._dated_line(name, number, row)
                if line is None:
                    continue
                if last is not None and line.effective_from <= last.effective_from:
                    self._report(name, number, "日期要从早到晚，不能重复", "按日期排列各行")
                last = line
                yield line
        except csv.Error as error:
            self._report(name, number + 1, f"不是正确的 CSV（{error}）", "检查引号和过长的内容")
            return
        if number == 1:
            self._report(name, 1, "表里没有一行数据", "每次调整写一行")

    def _dated_line(self, name: str, number: int, row: dict[str | None, Any]) -> DatedValue | None:
        cells = {key: str(row.get(key) or "").strip() for key in _COLUMNS}
        if None in row:
            self._report(name, number, "这一行的格比表头多", "有逗号的内容加双引号，多余的逗号删去")
        try:
            day = dt.date.fromisoformat(cells["effective_from"])
            rate = _rate(cells["value"])
        except ValueError:
            written = f"{cells['effective_from']},{cells['value']}"
            self._report(name, number, f"这一行读不懂：{written}", "日期写 2022-01-20，数写 3.70% 或 0.0370")
            return None
        if not cells["source"]:
            self._report(name, number, "这一行没有来源", "在 source 一列写明公布的文件或网页")
        if rate > 1:
            per_cent = f"{cells['value']}%"
            self._report(name, number, f"{cells['value']} 大于 1", f"百分数写百分号：{per_cent}", "warning")
        return DatedValue(day, rate, cells["source"], cells["status"])

    def _report(self, name: str, line: int, message: str, advice: str = "", severity: str = "error") -> None:
        self.fields.report(Problem(f"{self.where}{name}", line, 1, message, advice, severity))


def _rate(text: str) -> Decimal:
    if not _RATE.fullmatch(text):
        raise ValueError(text)
    number = Decimal(text.rstrip("%％"))
    return number / 100 if text.endswith(("%", "％")) else number
