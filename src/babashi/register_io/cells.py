"""From the text of a cell to a value, strictly; and back again.

A reader of one column either gives the value, or raises :class:`CellError`, or raises
:class:`CellNote` when there is a value but something to tell. Empty cells never come here: a cell
without visible text is unknown and not this module's business.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from babashi.register_io.codes import INDUSTRY_DIVISIONS, uscc_check_matches, uscc_has_form
from babashi.register_io.limits import COUNT_LIMIT, FIRST_YEAR, LAST_YEAR, MONEY_LIMIT
from babashi.rules.facts import FactSpec
from babashi.rules.values import NEVER, Never, Value

Reader = Callable[[str], Value]

BLANKS: Final = (
    " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2002\u2003\u2009\u3000"
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
)
"""What is stripped around a cell; a cell of nothing else is empty."""

TEXT_LIMIT: Final = 500
"""Characters of a text value."""

_CENT: Final = Decimal("0.01")
_NUMBER: Final = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?", re.ASCII)
_EXPONENT: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?E[+-]?[0-9]+", re.ASCII | re.IGNORECASE)
_LONG_NUMBER: Final = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,}", re.ASCII | re.IGNORECASE)
_DATE: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))(?:[ T]00:00(?::00(?:\.0+)?)?)?",
    re.ASCII,
)
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BOOLEANS: Final = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}
_NOT_LISTED: Final = "不在《国民经济行业分类》（GB/T 4754-2017）里"
_UNKNOWN_ADVICE: Final = "不知道就留空"
_LONG_NUMBER_ADVICE: Final = "长编号被表格软件改成了科学计数法：请把该列设为“文本”格式后重新填写"


class CellError(Exception):
    """The text is no value of its column."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class CellNote(Exception):
    """The text is a value (or best left unknown), and there is something to tell about it."""

    def __init__(self, value: Value | None, reason: str, advice: str, *, once: bool = False) -> None:
        super().__init__(reason)
        self.value = value
        self.reason = reason
        self.advice = advice
        self.once = once


def reader_of(column: FactSpec) -> Reader:
    """The reader of a column, chosen by its type and, for three codes, by its id."""
    special = {"uscc": read_uscc, "industry_code": _read_industry, "division": _read_division}
    if column.id in special:
        return special[column.id]
    if column.type == "code":
        return _code_reader(column)
    if column.type == "codes":
        return _codes_reader(column)
    if column.type == "year":
        return _year_reader(column)
    if column.type == "ratio":
        return _read_average if column.table in (None, "rd_intensity_average") else _read_rate
    plain: dict[str, Reader] = {
        "text": _read_text,
        "bool": _read_bool,
        "int": _read_count,
        "money": _read_money,
        "date": _read_date,
    }
    return plain[column.type]


def format_value(value: Value | None, column: FactSpec) -> str:
    """The text of a value in the exchange format; unknown is the empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Never):
        return column.none_word or NEVER.value
    if isinstance(value, frozenset):
        codes = column.codes or ()
        return "|".join(code for code in codes if code in value) if value else (column.none_word or "")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def read_uscc(text: str) -> str:
    """A unified social credit code; small letters and inner blanks are put right with a note."""
    if _LONG_NUMBER.fullmatch(text):
        raise CellError("统一社会信用代码不完整", _LONG_NUMBER_ADVICE)
    code = "".join(_half_width(text).split()).upper()
    if len(code) != 18:
        raise CellError(f"统一社会信用代码应为 18 位，现为 {len(code)} 位", "请按营业执照填写 18 位代码")
    if not uscc_has_form(code):
        raise CellError(
            "统一社会信用代码含有不允许的字符",
            "只用数字和大写字母，不用 I、O、S、V、Z（常见错误：字母 O 应为数字 0）",
        )
    if not uscc_check_matches(code):
        advice = "请与营业执照核对；少数早期代码确实如此，可以保留"
        raise CellNote(code, "统一社会信用代码的校验位不符", advice)
    if code != text:
        raise CellNote(code, f"统一社会信用代码按 {code} 读入", "请改用半角数字和大写字母，中间不留空格")
    return code


def _read_text(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise CellError(f"文字有 {len(text)} 个字符，太长了", f"请缩短到 {TEXT_LIMIT} 个字符以内")
    if not text.isprintable() or "\ufffd" in text:
        _check_printable(text)
    if _LONG_NUMBER.fullmatch(text):
        raise CellError("内容像是被改成科学计数法的长编号", _LONG_NUMBER_ADVICE)
    return text


def _check_printable(text: str) -> None:
    if "\n" in text or "\r" in text:
        # Alt+Enter in a spreadsheet: the words are clear, only the line end has to go.
        line = _read_text(" ".join(text.split()))
        raise CellNote(line, "文字里有换行，已读成一行", "建议写成一行")
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Zl", "Zp"):
            raise CellError("文字里有控制字符", "请删去看不见的字符，重新填写")
        if character == "\ufffd":
            raise CellError("文字里有乱码（�）", "请从原始文件重新导出")
        if category == "Co" and "\ue000" <= character <= "\uf8ff":
            raise CellNote(text, "文字里有造字区的字，别的电脑可能显示不出来", "请换成标准字")


def _read_bool(text: str) -> bool:
    value = _BOOLEANS.get(_without_gap_zero(_half_width(text)).casefold())
    if value is None:
        raise CellError("应为是或否", f"写“是”或“否”（也可写 true/false、1/0），{_UNKNOWN_ADVICE}")
    return value


def _read_count(text: str) -> int:
    number = _number(text.removesuffix("人"), "写成不带单位的整数，例如 120")
    if number != number.to_integral_value():
        raise CellError("应为整数", f"写成整数，例如 120；{_UNKNOWN_ADVICE}")
    if number >= COUNT_LIMIT:
        raise CellError("数字大得不合理", "请核对单位和位数")
    return int(number)


def _read_money(text: str) -> Decimal:
    plain = _half_width(text).removeprefix("¥").lstrip().removesuffix("元").rstrip()
    number = _number(plain, "以元为单位写数字，例如 200000 或 200000.50，不写“万”")
    if number >= MONEY_LIMIT:
        raise CellError("金额大得不合理（达到 10 万亿元）", "请核对单位（应为元）和位数")
    cents = number.quantize(_CENT)
    if cents != number:
        raise CellError("金额的小数超过两位", "金额精确到分，请写成两位小数")
    return cents


def _read_average(text: str) -> Decimal:
    ratio = _ratio(text)
    if ratio > 1:
        raise CellError("应为 0 到 1 之间的小数", "2.5% 写成 0.025")
    return ratio


def _read_rate(text: str) -> Decimal:
    ratio = _ratio(text)
    if ratio > 1:
        raise CellNote(None, "年利率大于 1，像是漏了百分号，按未知处理", "4.35% 写成 0.0435")
    return ratio


def _ratio(text: str) -> Decimal:
    plain = _half_width(text)
    number = _number(plain.removesuffix("%").rstrip(), "写成小数，例如 0.025（或 2.5%）")
    if plain.endswith("%"):
        number = number.scaleb(-2)
    if len(plain.partition(".")[2]) > 15:
        raise CellError("小数位数太多", "最多 15 位小数")
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _read_date(text: str) -> dt.date:
    match = _DATE.fullmatch(_half_width(text))
    if match is None:
        if _NUMBER.fullmatch(text):
            raise CellError("应为日期，这里是一个数字", "把单元格设为日期格式，或写成 2022-03-01")
        raise CellError("不是日期", f"写成 2022-03-01（年-月-日）；{_UNKNOWN_ADVICE}")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        value = dt.date(year, month, day)
    except ValueError:
        raise CellError("没有这一天", "请核对年、月、日，写成 2022-03-01") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"年份不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间", "请核对年份")
    if _ISO_DATE.fullmatch(text) is None:
        reason = "日期不是 2022-03-01 的写法，已按年、月、日读入"
        raise CellNote(value, reason, "建议统一写成 2022-03-01", once=True)
    return value


def _year_reader(column: FactSpec) -> Reader:
    none_word = column.none_word
    hint = f"写四位年份，例如 2021{f'；从未发生写“{none_word}”' if none_word else ''}"

    def read(text: str) -> int | Never:
        if none_word is not None and text == none_word:
            return NEVER
        plain = _half_width(text).removesuffix("年").rstrip()
        if re.fullmatch(r"[0-9]{4}(?:\.0+)?", plain, re.ASCII) is None:
            raise CellError("不是年份", f"{hint}；{_UNKNOWN_ADVICE}")
        year = int(plain[:4])
        if not 1900 <= year <= LAST_YEAR:
            raise CellError(f"年份不在 1900 至 {LAST_YEAR} 之间", hint)
        return year

    return read


def _code_reader(column: FactSpec) -> Reader:
    codes = column.codes
    if codes is None:
        pattern = re.compile(column.pattern or ".+", re.ASCII)
        example = "、".join(f"{name} {code}" for code, name in column.names.items())

        def read_form(text: str) -> str:
            code = _without_gap_zero(_half_width(text))
            if pattern.fullmatch(code) is None:
                raise CellError(f"{column.label}的格式不对", _form_advice(column, example))
            return code

        return read_form
    known = {code: code for code in codes}
    allowed = "、".join(codes)

    def read(text: str) -> str:
        code = known.get(text) or known.get("".join(text.split()))
        if code is None:
            raise CellError(f"不是{column.label}的代码", f"只能写：{allowed}；{_UNKNOWN_ADVICE}")
        return code

    return read


def _form_advice(column: FactSpec, example: str) -> str:
    if column.id == "district":
        return f"写六位数字{f'，例如{example}' if example else ''}；{_UNKNOWN_ADVICE}"
    return f"应符合 {column.pattern}；{_UNKNOWN_ADVICE}"


def _codes_reader(column: FactSpec) -> Reader:
    codes = frozenset(column.codes or ())
    none_word = column.none_word
    allowed = "、".join(column.codes or ())
    none_hint = f"，都没有写“{none_word}”" if none_word else ""

    def read(text: str) -> frozenset[str]:
        parts = ["".join(part.split()) for part in text.replace("｜", "|").split("|")]
        if none_word is not None and none_word in parts:
            if set(parts) != {none_word}:
                raise CellError(f"“{none_word}”不能与其他值同时出现", f"或者只写“{none_word}”，或者去掉它")
            return frozenset()
        unknown = [part for part in parts if part not in codes]
        if unknown:
            reason = f"不认识的值“{unknown[0][:20]}”" if unknown[0] else "竖线之间没有内容"
            raise CellError(reason, f"只能写：{allowed}，多个用 | 隔开{none_hint}；{_UNKNOWN_ADVICE}")
        return frozenset(parts)

    return read


def _read_industry(text: str) -> str:
    code = _without_gap_zero(_half_width(text))
    if re.fullmatch(r"[0-9]{2,4}", code, re.ASCII) is None:
        advice = f"不写门类字母；开头的 0 要保留（例如 06）；{_UNKNOWN_ADVICE}"
        raise CellError("行业代码应为 2 至 4 位数字", advice)
    if code[:2] not in INDUSTRY_DIVISIONS:
        raise CellNote(code, f"行业代码{_NOT_LISTED}", "请核对前两位（01 至 97）")
    if len(code) == 3 and f"0{code[0]}" in INDUSTRY_DIVISIONS:
        reason = f"三位行业代码按中类 {code} 读入（大类 {code[:2]}）"
        advice = f"如果是表格软件去掉了开头的 0（例如 0610 变成 610），请补成 0{code}"
        raise CellNote(code, reason, advice, once=True)
    return code


def _read_division(text: str) -> str:
    code = _without_gap_zero(_half_width(text))
    if re.fullmatch(r"[0-9]{2}", code, re.ASCII) is None:
        advice = "不写门类字母；开头的 0 要保留（例如 06），并把该列设为“文本”格式"
        raise CellError("行业大类应为两位数字", advice)
    if code not in INDUSTRY_DIVISIONS:
        raise CellNote(code, f"行业大类{_NOT_LISTED}", "请核对（01 至 97）")
    return code


def _number(text: str, advice: str) -> Decimal:
    """A plain non-negative number; thousands may be grouped by commas, digits may be full-width."""
    plain = _half_width(text)
    if _NUMBER.fullmatch(plain) is not None:
        if len(plain) > 40:
            raise CellError("数字太长", advice)
        return Decimal(plain.replace(",", ""))
    if _EXPONENT.fullmatch(plain):
        raise CellError("数字是科学计数法", "请把单元格设为“数值”格式后重新保存；" + advice)
    if plain[:1] in ("-", "−", "(") and _NUMBER.fullmatch(plain.lstrip("-−(").rstrip(")")):
        raise CellError("不能是负数", f"{_UNKNOWN_ADVICE}；真是零就写 0")
    raise CellError("不是数字", f"{advice}；{_UNKNOWN_ADVICE}")


def _without_gap_zero(text: str) -> str:
    """``3612`` for ``3612.0``: so other tools write a column of whole numbers that has gaps."""
    return text.removesuffix(".0") if text[:-2].isdecimal() else text


def _half_width(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
