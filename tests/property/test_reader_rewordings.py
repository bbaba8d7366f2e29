"""The same notice in other words, figures and layouts gives the same finds.

Each rewording keeps the meaning of a notice: other forms of numbers, other verbs, other labels and line
breaks, the furniture of a web page around it. Nothing that is found may depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from babashi.reader import read_text
from babashi.reader.output import as_record

NOTICES = sorted((Path(__file__).parents[1] / "data" / "notices").glob("*/*.yaml"))
_SUM = r"(?<![\d.〔])(\d{1,4})万元"
_SIGNS = "零一二三四五六七八九"


def _chinese(number: int) -> str:
    """A number below ten thousand as a Chinese numeral."""
    text = ""
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += _SIGNS[digit] + unit
        elif text and number % place and not text.endswith("零"):
            text += "零"
    return re.sub("^一十", "十", text) or "零"


def _formal(text: str) -> str:
    return text.translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))


def _title_apart(text: str) -> str:
    """``一、上规奖励。对…`` with the title on a line of its own."""
    return re.sub(r"(?m)^([ 　]*[一二三四五六七八九十]{1,3}、[^，。：\n]{4,24})。(?=.)", r"\1\n", text)


def _articles(text: str) -> str:
    """第三条 with an Arabic number."""
    signs = {_chinese(n): str(n) for n in range(1, 60)}
    return re.sub(
        r"(?m)^([ 　]*第)([一二三四五六七八九十]{1,3})(条)", lambda m: m[1] + signs[m[2]] + m[3], text
    )


_ABOVE = (
    "您当前的位置：首页 > 政务公开 > 政策文件\n字号：【大 中 小】 打印本页 关闭窗口\n"
    "发布时间：2023-05-06 10:22 来源：区政府办公室 浏览次数：1024\n"
)
_BELOW = "\n分享到：\n【打印】【关闭】\n相关链接\n版权所有：某区人民政府 主办单位：某区人民政府办公室\n"
_SIGNED = (
    "\n某区人民政府办公室\n2023年5月6日\n（此件公开发布）\n附件：1.某区专项资金申请表\n2.某区企业承诺书\n"
    "抄送：区委各部门，区人大常委会办公室。\n"
)
REWORDINGS: dict[str, Callable[[str], str]] = {
    "sums in yuan": lambda t: re.sub(_SUM, lambda m: f"{int(m[1])}0000元", t),
    "sums with separators": lambda t: re.sub(_SUM, lambda m: f"{int(m[1]) * 10_000:,}元", t),
    "sums in Chinese numerals": lambda t: re.sub(_SUM, lambda m: _chinese(int(m[1])) + "万元", t),
    "sums in formal numerals": lambda t: re.sub(_SUM, lambda m: _formal(_chinese(int(m[1]))) + "万元", t),
    "sums in renminbi": lambda t: re.sub(_SUM, r"人民币\1万元", t),
    "spaces around figures": lambda t: re.sub(r"(?<=[一-龥])(\d+)(万元|%)", r" \1 \2 ", t),
    "full-width figures": lambda t: t.translate(str.maketrans("0123456789%", "０１２３４５６７８９％")),
    "shares in Chinese": lambda t: re.sub(
        r"(?<![\d.])(\d{1,2})%", lambda m: "百分之" + _chinese(int(m[1])), t
    ),
    "given in other words": lambda t: t.replace("给予", "给与"),
    "granted in other words": lambda t: t.replace("给予", "予以"),
    "not above": lambda t: re.sub(r"最高不超过(\d)", r"不超过\1", t),
    "at most": lambda t: re.sub(r"最高不超过(\d)", r"最高\1", t),
    "no more than": lambda t: re.sub(r"(?<!不得)不超过(\d)", r"不高于\1", t),
    "limited to": lambda t: re.sub(r"最高不超过(\d+万元)(?=[，。；])", r"上限\1", t),
    "half-width brackets": lambda t: t.replace("（", "(").replace("）", ")"),
    "indented": lambda t: re.sub(r"(?m)^(?=[^\s#>*-])", "　　", t),
    "blank lines": lambda t: t.replace("\n", "\n\n"),
    "carriage returns": lambda t: t.replace("\n", "\r\n"),
    "titles apart": _title_apart,
    "Arabic articles": _articles,
    "a web page around it": lambda t: _ABOVE + t + _BELOW,
    "signature and attachments": lambda t: t.rstrip("\n") + _SIGNED,
}
# These cut a hard-wrapped line in other places than its words do.
_MOVES_BREAKS = {"spaces around figures", "shares in Chinese", "titles apart"}
_WRAPPED = "d03_wrapped.yaml"


def _finds(text: str) -> list[Any]:
    """What is found of each measure, without its words and places."""
    return [
        (
            m["kind"],
            sorted((float(a["value"]), a["role"]) for a in m.get("amounts", [])),
            sorted((round(float(r["value"]), 6), r["role"]) for r in m.get("rates", [])),
            [re.sub(r"[()（）]", "", d) for d in m.get("lead_departments", [])],
            [re.sub(r"[()（）]", "", d) for d in m.get("supporting_departments", [])],
        )
        for m in as_record(read_text(text), with_text=False)["measures"]
    ]


@pytest.mark.parametrize("name", REWORDINGS)
def test_a_rewording_changes_no_find(name: str) -> None:
    changed: dict[str, tuple[Any, Any]] = {}
    reworded = 0
    for path in NOTICES:
        if path.name == _WRAPPED and name in _MOVES_BREAKS:
            continue
        text = yaml.safe_load(path.read_text(encoding="utf8"))["text"]
        other = REWORDINGS[name](text)
        reworded += other != text
        before, after = _finds(text), _finds(other)
        if before != after:
            changed[path.name] = next(
                ((b, a) for b, a in zip(before, after, strict=False) if b != a), (len(before), len(after))
            )
    assert reworded >= 3, "the rewording touches hardly any notice"
    assert not changed
