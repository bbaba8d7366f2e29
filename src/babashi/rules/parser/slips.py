"""Slips of the pen: what somebody probably meant, told where Python's parser only says "invalid syntax"."""

from __future__ import annotations

import re
from typing import Final

from babashi.rules.facts import FactDictionary
from babashi.rules.lexer import ExpressionError, plain_text

_STATEMENT: Final = r"\b(?:import|def|return|yield|await|async|class|del|global|exec|eval|print|for|while)\b"
_SLIPS: Final = (
    (r"={3,}", "等号写多了", "相等写 =="),
    (r"=>", "没有 => 这个写法", "不小于写 >= 或 ≥"),
    (r"=<", "没有 =< 这个写法", "不大于写 <= 或 ≤"),
    (r"<>", "没有 <> 这个写法", "不等于写 != 或 ≠"),
    (r"(?<![<>=!])=(?!=)", "一个等号不是比较", "相等写 =="),
    (r"\*\*", "不能用乘方", "写成连乘，或把算好的数写进口径"),
    (r"//", "不能用整除", "除法写 /"),
    (r"<<|>>", "不能移位", "比较写 < 或 >"),
    (r"\b\d+(?:\.\d+)?[eE]\d+|\b0[xXbBoO][0-9a-fA-F]+", "数要写成普通的样子", "如 300、0.5、1.5亿元"),
    (r"\b[A-Za-z]+(?=[\"'“])", "引号前面不能有字母", "代码写成 \"企业\"，不能用格式化文字"),
    (_STATEMENT, "这里只写条件或算式，不能写程序", "遍历子表用 any、all、count、sum"),
    (r"\b(?:AND|OR|NOT|And|Or|Not|IF|ELSE|IN)\b", "and、or、not、if、else、in 要小写", "改成小写"),
    (r"(?<=\d) +(?=\d)", "数中间有空格", "删去空格"),
)  # fmt: skip
_PATTERNS: Final = tuple((re.compile(pattern), message, advice) for pattern, message, advice in _SLIPS)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’")
_CLOSING: Final = {")": "(", "]": "["}


def explained(source: str, place: int) -> ExpressionError:
    """The mistake in a line that is no expression; ``place`` is where the parser gave up."""
    plain = _QUOTED.sub(lambda found: found.group()[0] + "x" * (len(found.group()) - 2) + found.group()[-1],
                        plain_text(source))  # fmt: skip
    for pattern, message, advice in _PATTERNS:
        found = pattern.search(plain)
        if found:
            return ExpressionError(message, found.start(), found.end(), advice)
    return _unbalanced(plain) or ExpressionError(
        "看不懂这个表达式", place, advice="检查这里前后的运算符；条件之间写 and 或 or"
    )


def _unbalanced(plain: str) -> ExpressionError | None:
    opened: list[tuple[str, int]] = []
    for position, character in enumerate(plain):
        if character in "([":
            opened.append((character, position))
        elif character in _CLOSING:
            if not opened or opened[-1][0] != _CLOSING[character]:
                return ExpressionError(f"多了一个“{character}”", position, advice="删去它，或补上左括号")
            opened.pop()
    if not opened:
        return None
    character, position = opened[-1]
    return ExpressionError(f"“{character}”没有配对", position, advice="补上右括号")


def with_fact_named(error: ExpressionError, dictionary: FactDictionary) -> ExpressionError:
    """An unknown Chinese word may be the label of a fact, whose id it is that is written."""
    fact = dictionary.suggest(error.word) if error.word else None
    if fact is None:
        return error
    advice = f"是不是指标 {fact}（{dictionary.facts[fact].label}）？表达式里写指标的 id，代码加引号"
    return ExpressionError(error.message, error.start, error.end, advice)
