"""YAML with places: every value, and every character of a text, can be found again in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from babashi.rules.loading.yamlwords import in_chinese
from babashi.rules.problems import Problem

MAX_BYTES = 500_000
"""Twenty times the longest pack there is; reading so much takes some seconds."""
MAX_DEPTH = 40


@dataclass(slots=True)
class Value:
    """A node of the file: scalar (``text``), list (``entries``) or mapping (``pairs``)."""

    kind: str
    line: int
    column: int
    text: str = ""
    tag: str = ""
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

    @property
    def is_null(self) -> bool:
        """Whether the author wrote nothing."""
        return self.kind == "scalar" and self.tag.endswith(":null")


def read_yaml(text: str, file: str, report: Callable[[Problem], None]) -> Value | None:
    """The root of a YAML text, ``None`` (after reporting) when it can't be read."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        report(Problem(file, 1, 1, f"文件太大（超过 {MAX_BYTES // 1000} KB）", "把政策包拆开"))
        return None
    if text[:1] == "\ufeff":
        text = text[1:]
    try:
        refused = _refused(text, file)
        root = YAML(typ="safe").compose(text) if refused is None else None
    except (YAMLError, RecursionError, ValueError) as error:
        refused = _unreadable(text, file, error)
        root = None
    if root is None:
        report(refused or Problem(file, 1, 1, "文件是空的", "照 packs 里别的文件写"))
        return None
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return _Converter(text, file, report, starts).convert(root)


def _refused(text: str, file: str) -> Problem | None:
    """What is YAML but not let through: aliases (they multiply), tags, and depth that only a trap has.

    Looked at event by event, so that nothing is built of a text that is refused.
    """
    depth = 0
    for event in YAML(typ="safe").parse(text):
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if isinstance(event, AliasEvent):
            return Problem(file, line, column, "不能用 YAML 别名（*）", "把内容写出来；要写星号就加引号")
        if getattr(event, "tag", None):
            return Problem(file, line, column, "不能用 YAML 标签（!）", "删去 ! 和后面的词，或给整个值加引号")
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return Problem(file, line, column, f"嵌套太深（超过 {MAX_DEPTH} 层）", "拆成几个条件或用语")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
    return None


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


class _Converter:
    def __init__(self, text: str, file: str, report: Callable[[Problem], None], starts: list[int]) -> None:
        self.text, self.file, self.report, self.starts = text, file, report, starts

    def convert(self, node: Node) -> Value:
        line, column = node.start_mark.line, node.start_mark.column
        value = Value("scalar", line + 1, column + 1, tag=str(node.tag), file=self.file)
        if isinstance(node, ScalarNode):
            end = node.end_mark
            value.text = str(node.value)
            value.raw = self.text[self._offset(line, column) : self._offset(end.line, end.column)]
        elif isinstance(node, SequenceNode):
            value.kind = "list"
            value.entries = [self.convert(entry) for entry in node.value]
        elif isinstance(node, MappingNode):
            value.kind = "mapping"
            self._pairs(node, value)
        return value

    def _offset(self, line: int, column: int) -> int:
        return self.starts[min(line, len(self.starts) - 1)] + column

    def _pairs(self, node: MappingNode, value: Value) -> None:
        for key_node, value_node in node.value:
            key = self.convert(key_node)
            if key.kind != "scalar":
                self.report(Problem(self.file, key.line, key.column, "键要是一个词"))
                continue
            if key.text in value.pairs:
                first = value.keys[key.text].line
                self.report(
                    Problem(
                        self.file,
                        key.line,
                        key.column,
                        f"键 {key.text} 重复（第 {first} 行已有）",
                        "删去一个",
                    )
                )
                continue
            value.keys[key.text] = key
            value.pairs[key.text] = self.convert(value_node)


def walk_values(value: Value) -> Iterator[Value]:
    """Every node of the file."""
    yield value
    for child in (*value.entries, *value.pairs.values()):
        yield from walk_values(child)
