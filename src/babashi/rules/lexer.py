"""The lexical pass: Chinese literals and signs become ASCII placeholders, and every place is remembered.

``本金 ≥ 50万元`` style figures are written the way the notice prints them; Python's own parser then reads
an all-ASCII line, in which each literal is a placeholder name ``_0``, ``_1`` ...
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from babashi.rules.money import exact
from babashi.rules.tree import Literal
from babashi.rules.units import DATE, DAY, MONTH, PERSON, RATIO, ROWS, TEXT, YEAR, YUAN, Type, multiply

MAX_LENGTH: Final = 2000
MAX_DIGITS: Final = 18
MAX_NESTING: Final = 40

_FULL_WIDTH: Final = str.maketrans(
    "０１２３４５６７８９（），％．＝＜＞＋－＊／［］　", "0123456789(),%.=<>+-*/[] "
)
_SIGNS: Final = {
    "≥": ">=",
    "≧": ">=",
    "≤": "<=",
    "≦": "<=",
    "≠": "!=",
    "×": "*",
    "÷": "/",
    "−": "-",
    "、": ",",
}
_UNITS: Final[dict[str, tuple[Fraction, Type]]] = {
    "亿元": (Fraction(100_000_000), YUAN),
    "万元": (Fraction(10_000), YUAN),
    "千元": (Fraction(1_000), YUAN),
    "元": (Fraction(1), YUAN),
    "亿": (Fraction(100_000_000), RATIO),
    "万": (Fraction(10_000), RATIO),
    "%": (Fraction(1, 100), RATIO),
    "‰": (Fraction(1, 1000), RATIO),
    "天": (Fraction(1), DAY),
    "人": (Fraction(1), PERSON),
    "个月": (Fraction(1), MONTH),
    "个": (Fraction(1), ROWS),
    "项": (Fraction(1), ROWS),
    "笔": (Fraction(1), ROWS),
    "年": (Fraction(1), YEAR),
    "": (Fraction(1), RATIO),
}
_CHINESE: Final = "[\u4e00-\u9fff]"
_ADVICE: Final = {
    ".": ("不能用“.”取属性", "行里的字段直接写字段名，如 principal"),
    "_": ("名字不能以下划线开头", "指标见 packs/facts.yaml；数里不写下划线"),
    ":": ("", "这里只写条件或算式，不能定义函数，也不能赋值"),
    ";": ("", "一行只写一个条件，用 and、or 连接"),
    "{": ("", '列表用方括号，如 kind in ["企业", "园区"]'),
    "}": ("", '列表用方括号，如 kind in ["企业", "园区"]'),
    "&": ("", "并且写 and"),
    "|": ("", "或者写 or"),
    "!": ("", "不等于写 !=，否定写 not"),
    "#": ("", "说明写在 name 或 hint 里"),
    "%": ("“%”要写在数的后面", "百分数写成 10%；不能求余数"),
    "^": ("", "不能用乘方"),
    "~": ("", "否定写 not"),
}
_WORDS: Final = (
    (("并且", "且", "和", "同时"), "and"),
    (("或者", "或"), "or"),
    (("不", "不是", "非", "没有"), "not"),
    (("大于等于", "不小于", "不低于", "不少于", "至少", "以上"), ">="),
    (("大于", "超过", "高于", "多于"), ">"),
    (("小于等于", "不大于", "不高于", "不超过", "至多", "以下"), "<="),
    (("小于", "低于", "少于", "不足"), "<"),
    (("等于", "是", "为"), "=="),
    (("不等于",), "!="),
    (("属于",), "in"),
    (("如果", "否则", "那么"), "甲 if 条件 else 乙"),
)
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>"[^"]*"|'[^']*'|“[^”]*”|‘[^’]*’)
      | (?P<date>\d{4}-\d{1,2}-\d{1,2}(?![\d-])|\d{4}年\d{1,2}月\d{1,2}日)
      | (?P<number>(?:\d+(?:\.\d+)?)(?:(?:亿元|万元|千元|元)(?:/(?:个月|[人天月个项笔])){1,3}
          |亿元|万元|千元|元|亿|万|%|‰|天|人|个月|个|项|笔|年)?)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<sign>==|!=|<=|>=|[-+*/<>=(),\[\]]|[≥≧≤≦≠×÷−、])""",
    re.VERBOSE,
)


class ExpressionError(ValueError):
    """One mistake in an expression: the stretch of the original text, what is wrong, what to write."""

    def __init__(
        self, message: str, start: int, end: int | None = None, advice: str = "", word: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = start + 1 if end is None else end
        self.advice = advice
        self.word = word
        """A Chinese word that stands where only ids may stand."""


@dataclass(frozen=True, slots=True)
class Lexed:
    """An ASCII line for Python's parser, its literals, and where each character came from."""

    text: str
    literals: dict[str, Literal]
    origin: tuple[int, ...]
    ends: tuple[int, ...]
    source: str

    def place(self, column: int) -> int:
        """Offset in the original text of a column of the ASCII line."""
        if not self.origin:
            return 0
        return self.origin[min(column, len(self.origin) - 1)]

    def end_place(self, column: int) -> int:
        """Offset just behind the token that holds a column of the ASCII line."""
        if not self.ends:
            return 0
        return self.ends[min(column, len(self.ends) - 1)]


def lex(source: str) -> Lexed:
    """Turn one expression into ASCII; raises :class:`ExpressionError` at the first bad character."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"表达式太长（超过 {MAX_LENGTH} 个字符）", 0, advice="拆成几个条件")
    plain = plain_text(source)
    pieces: list[str] = []
    origin: list[int] = []
    ends: list[int] = []
    literals: dict[str, Literal] = {}
    position = depth = 0
    while position < len(plain):
        found = _TOKEN.match(plain, position)
        if found is None:
            raise _bad_character(source, position)
        kind, raw = found.lastgroup, found.group()
        if kind in ("text", "date", "number"):
            name = f"_{len(literals)}"
            literals[name] = _literal(str(kind), raw, source[position : found.end()], position)
            piece = name
        else:
            piece = " " if kind == "space" else _SIGNS.get(raw, raw)
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(piece, 0)
        if depth > MAX_NESTING:
            raise ExpressionError(f"括号嵌套太深（超过 {MAX_NESTING} 层）", position, advice="拆成几个条件")
        if kind != "space" and pieces and pieces[-1] != " ":
            pieces.append(" ")
            origin.append(position)
            ends.append(position)
        pieces.append(piece)
        origin.extend([position] * len(piece))
        ends.extend([found.end()] * len(piece))
        position = found.end()
    text = "".join(pieces)
    lead = len(text) - len(text.lstrip())
    return Lexed(text.strip(), literals, tuple(origin[lead:]), tuple(ends[lead:]), source)


def plain_text(source: str) -> str:
    """The text with half-width signs, character by character."""
    return source.translate(_FULL_WIDTH)


def _bad_character(source: str, position: int) -> ExpressionError:
    character = source[position]
    if character in "\"'“‘":
        return ExpressionError("引号没有配对", position, advice='代码用一对引号括起来，如 "流动资金"')
    if character in _ADVICE:
        message, advice = _ADVICE[character]
        return ExpressionError(message or f"不允许的字符“{character}”", position, advice=advice)
    if re.match(_CHINESE, character):
        return _unknown_word(source, position)
    if unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn", "Cs"):
        return ExpressionError(f"有看不见的字符（U+{ord(character):04X}）", position, advice="删去它")
    if "Ａ" <= character <= "ｚ":
        return ExpressionError(f"“{character}”是全角字母", position, advice="换成半角英文字母")
    if character.isalpha():
        advice = "换成英文输入法，把这个词重新写一遍"
        return ExpressionError(f"“{character}”不是英文字母，只是形似", position, advice=advice)
    advice = "只用指标、数、加引号的代码，and、or、not，比较和加减乘除"
    return ExpressionError(f"不允许的字符“{character}”", position, advice=advice)


def _unknown_word(source: str, position: int) -> ExpressionError:
    found = re.match(f"{_CHINESE}+", source[position:])
    word = found.group() if found else source[position]
    end = position + len(word)
    meant = next((sign for words, sign in _WORDS if word in words), None)
    if meant is not None:
        return ExpressionError(f"“{word}”不能写进表达式", position, end, f"写成 {meant}")
    if re.fullmatch("[一二三四五六七八九十百千万亿零两〇]+(?:元|人|个|天|年)?", word):
        return ExpressionError(f"“{word}”要写成阿拉伯数字", position, end, "如 20万元、300人")
    advice = "代码要加引号；数的单位可用 元、万元、亿元、%、‰、天、人、个、个月、年，每人的钱写 1000元/人"
    return ExpressionError(f"不认识的文字“{word}”", position, end, advice, word)


def _literal(kind: str, plain: str, original: str, position: int) -> Literal:
    if kind == "text":
        return Literal(original[1:-1], TEXT, original)
    if kind == "date":
        return Literal(_date(plain, position), DATE, original)
    number = re.match(r"[\d.]+", plain)
    digits = number.group() if number else ""
    if len(digits) > MAX_DIGITS:
        raise ExpressionError(f"数字太长（超过 {MAX_DIGITS} 位）", position, position + len(plain))
    word, *each = plain[len(digits) :].split("/")
    factor, unit = _UNITS[word]
    for part in each:  # 1000元/人: so much money for each
        unit = multiply(unit, _UNITS["个月" if part == "月" else part][1], -1)
    value = exact(Fraction(digits) * factor)
    if unit == YEAR and not isinstance(value, int):
        raise ExpressionError("年度必须是整数", position, position + len(plain))
    return Literal(value, unit, original)


def _date(plain: str, position: int) -> dt.date:
    year, month, day = (int(part) for part in re.findall(r"\d+", plain))
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ExpressionError(
            f"没有这一天：{plain}", position, position + len(plain), "日期写成 2022-01-01 或 2022年1月1日"
        ) from None
