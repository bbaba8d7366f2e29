"""What the YAML parser complains about, in words an official can act on."""

from __future__ import annotations

from typing import Final

_COLON: Final = "冒号用半角“:”，后面空一格；同一级的键左边对齐"
_WORDS: Final = (
    ("'\\t'", "缩进用了制表符（Tab）", "改成空格"),
    ("could not find expected ':'", "这一行缺少冒号", _COLON),
    ("mapping values are not allowed", "这里不能再写“键: 值”", "检查缩进；值里有冒号加空格的，整个值加引号"),
    ("expected <block end>", "缩进和上面的行不一致", "同一级的键、同一级的“-”左边对齐"),
    ("expected ',' or", "方括号或花括号里缺少逗号，或没有配对的括号", "各项之间用半角逗号，最后补上 ] 或 }"),
    ("expected the node content", "方括号或花括号没有写完", "补上 ] 或 }"),
    ("while parsing a flow", "方括号或花括号没有写完", "补上 ] 或 }"),
    ("found unexpected end of stream", "引号没有配对", "补上另一个引号"),
    ("found unexpected ':'", "花括号里的冒号没有写对", _COLON),
    ("found unknown escape", "双引号里的反斜杠不对", "改用单引号"),
    ("another document", "一个文件里有两份内容", "删去 --- 和后面的部分"),
    ("that cannot start any token", "值不能以这个字符开头", "给整个值加引号"),
    ("sequence entries are not allowed", "这里不能写“- ”", "检查缩进，列表写在键的下一行"),
    ("found undefined tag", "不能用 YAML 标签（!）", "删去 ! 和后面的词，或给整个值加引号"),
)  # fmt: skip


def in_chinese(problem: str) -> tuple[str, str]:
    """What is wrong and what to write instead."""
    for part, message, advice in _WORDS:
        if part in problem:
            return message, advice
    return f"不是正确的 YAML（{problem}）", "检查缩进、冒号后的空格和引号"
