"""YAML with places: every value, and every character of a text, can be found again in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from babashi.rules.loading.yamlwords import in_chinese
from babashi.rules.problems import PackErrors, Problem

MAX_BYTES = 500_000
"""Twenty times the longest pack there is; reading so much takes some seconds."""
MAX_DEPTH = 40
_NULLS = ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Value:
    """A node of the file: scalar (``text``), list (``entries``) or mapping (``pairs``)."""

    kind: str
    line: int
    column: int
    text: str = ""
    is_null: bool = False
    """Whether the author wrote nothing."""
    raw: str = ""
    """The characters of a scalar as they stand in the file, quotes and line breaks included."""
    entries: list[Value] = field(default_factory=list)
    pairs: dict[str, Value] = field(default_factory=dict)
    keys: dict[str, Value] = field(default_factory=dict)
    file: str = ""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file of a character of ``text``."""
        wanted = [character for character in self.text if not character.isspace()]
        rank = sum(not character.isspace() for character in self.text[:offset])
        line, column, position = self.line, self.column, 0
        for character in self.raw:
            if position < len(wanted) and character == wanted[position]:
                if position == rank:
                    return line, column
                position += 1
            line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
        return line, column


def read_yaml(text: str, file: str, report: Callable[[Problem], None]) -> Value | None:
    """The root of a YAML text, ``None`` (after reporting) when it can't be read."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        report(Problem(file, 1, 1, f"文件太大（超过 {MAX_BYTES // 1000} KB）", "把政策包拆开"))
        return None
    text = text.removeprefix("\ufeff")
    try:
        root = _Reader(text, file, report).read()
    except PackErrors as refused:
        report(refused.problems[0])
        return None
    except (YAMLError, ValueError) as error:
        report(_unreadable(text, file, error))
        return None
    if root is None:
        report(Problem(file, 1, 1, "文件是空的", "照 packs 里别的文件写"))
    return root


class _Reader:
    """Builds the tree event by event, so that nothing is built of what is refused: aliases and anchors (they
    multiply), tags, and depth that only a trap has."""

    def __init__(self, text: str, file: str, report: Callable[[Problem], None]) -> None:
        self.text, self.file, self.report = text, file, report
        self.events: Iterator[Event] = YAML(typ="safe").parse(text)
        self.depth = 0

    def read(self) -> Value | None:
        """The only document, ``None`` where there is none."""
        root = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    raise self._refused(event, "一个文件里有两份内容", "删去 --- 和后面的部分")
                root = self._value(next(self.events))
        return root

    def _value(self, event: Event) -> Value:
        self._check(event)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        value = Value("scalar", line, column, file=self.file)
        if isinstance(event, ScalarEvent):
            value.text = str(event.value)
            value.raw = self.text[event.start_mark.index : event.end_mark.index]
            value.is_null = bool(event.implicit[0]) and value.text in _NULLS
            return value
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._refused(event, f"嵌套太深（超过 {MAX_DEPTH} 层）", "拆成几个条件或用语")
        if isinstance(event, SequenceStartEvent):
            value.kind = "list"
            value.entries = [self._value(entry) for entry in self._until_end()]
        else:
            value.kind = "mapping"
            for key_event in self._until_end():
                self._pair(value, self._value(key_event), self._value(next(self.events)))
        self.depth -= 1
        return value

    def _until_end(self) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, CollectionEndEvent):
                return
            yield event

    def _pair(self, owner: Value, key: Value, value: Value) -> None:
        if key.kind != "scalar":
            self.report(Problem(self.file, key.line, key.column, "键要是一个词", "键不能是列表或映射"))
        elif key.text in owner.pairs:
            message = f"键 {key.text} 重复（第 {owner.keys[key.text].line} 行已有）"
            self.report(Problem(self.file, key.line, key.column, message, "删去一个"))
        else:
            owner.keys[key.text] = key
            owner.pairs[key.text] = value

    def _check(self, event: Event) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            advice = "把内容写出来；要写 & 或 * 就给整个值加引号"
            raise self._refused(event, "不能用 YAML 锚点（&）和别名（*）", advice)
        if getattr(event, "tag", None):
            raise self._refused(event, "不能用 YAML 标签（!）", "删去 ! 和后面的词，或给整个值加引号")

    def _refused(self, event: Event, message: str, advice: str) -> PackErrors:
        mark = event.start_mark
        return PackErrors([Problem(self.file, mark.line + 1, mark.column + 1, message, advice)])


def _unreadable(text: str, file: str, error: Exception) -> Problem:
    problem = getattr(error, "problem", None) or str(error).split("\n")[0]
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Problem(
            file, line, column, f"有看不见的控制字符（U+{ord(text[error.position]):04X}）", "删去它"
        )
    mark = getattr(error, "problem_mark", None)
    if "could not find expected ':'" in problem:
        mark = getattr(error, "context_mark", None) or mark
    message, advice = in_chinese(problem)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file, line, column, message, advice)


def walk_values(value: Value) -> Iterator[Value]:
    """Every node of the file."""
    yield value
    for child in (*value.entries, *value.pairs.values()):
        yield from walk_values(child)
