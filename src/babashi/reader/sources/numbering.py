"""Word's automatic numbering: what a reader sees in front of a paragraph though no text holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CN: Final = "零一二三四五六七八九"


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    suffix: str = "tab"


@dataclass(slots=True)
class Numbering:
    """Counters of every list of a document; ``label`` must be called once a paragraph, in order."""

    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    heading_styles: set[str] = field(default_factory=set)
    shared: dict[str, str] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, numbering: Any, styles: Any) -> Numbering:
        result = cls()
        if numbering is not None:
            abstract = {
                a.get(f"{_W}abstractNumId"): _levels(a) for a in numbering.findall(f"{_W}abstractNum")
            }
            for number in numbering.findall(f"{_W}num"):
                identifier = number.get(f"{_W}numId")
                reference = number.find(f"{_W}abstractNumId")
                if identifier is None or reference is None:
                    continue
                base = reference.get(f"{_W}val")
                levels = dict(abstract.get(base, {}))
                overridden = False
                for override in number.findall(f"{_W}lvlOverride"):
                    start = override.find(f"{_W}startOverride")
                    overridden = overridden or start is not None
                result.lists[identifier] = levels
                result.shared[identifier] = identifier if overridden else f"a{base}"
        if styles is not None:
            result._read_styles(styles)
        return result

    def _read_styles(self, styles: Any) -> None:
        for style in styles.findall(f"{_W}style"):
            identifier = style.get(f"{_W}styleId") or ""
            name = style.find(f"{_W}name")
            title = (name.get(f"{_W}val") or "") if name is not None else ""
            if re.match(r"(?i)heading \d|标题 ?\d", title):
                self.heading_styles.add(identifier)
            found = _numbering_of(style.find(f"{_W}pPr"))
            if found:
                self.styles[identifier] = found

    def is_heading(self, paragraph: Any) -> bool:
        """Whether the paragraph has one of Word's heading styles."""
        return _style_of(paragraph) in self.heading_styles

    def label(self, paragraph: Any, visible: bool) -> str:
        """The number in front of the paragraph, empty if it has none."""
        found = _numbering_of(paragraph.find(f"{_W}pPr")) or self.styles.get(_style_of(paragraph))
        if not found or not visible or found[0] == "0":
            return ""
        identifier, level = found
        levels = self.lists.get(identifier)
        if not levels or level not in levels:
            return ""
        counter = self.counters.setdefault(self.shared.get(identifier, identifier), {})
        counter[level] = counter.get(level, levels[level].start - 1) + 1
        for deeper in [d for d in counter if d > level]:
            del counter[deeper]
        return _format(levels, level, counter)


def _levels(abstract: Any) -> dict[int, _Level]:
    result: dict[int, _Level] = {}
    for level in abstract.findall(f"{_W}lvl"):
        try:
            index = int(level.get(f"{_W}ilvl") or 0)
            start = int(_value(level, "start") or 1)
        except ValueError:
            continue
        result[index] = _Level(
            start,
            _value(level, "numFmt") or "decimal",
            _value(level, "lvlText") or "",
            _value(level, "suff") or "tab",
        )
    return result


def _value(element: Any, name: str) -> str | None:
    child = element.find(f"{_W}{name}")
    value = child.get(f"{_W}val") if child is not None else None
    return str(value) if value is not None else None


def _numbering_of(properties: Any) -> tuple[str, int] | None:
    if properties is None:
        return None
    numbering = properties.find(f"{_W}numPr")
    if numbering is None:
        return None
    identifier = _value(numbering, "numId")
    try:
        level = int(_value(numbering, "ilvl") or 0)
    except ValueError:
        level = 0
    return (identifier, level) if identifier is not None else None


def _style_of(paragraph: Any) -> str:
    properties = paragraph.find(f"{_W}pPr")
    return (_value(properties, "pStyle") or "") if properties is not None else ""


def _format(levels: dict[int, _Level], level: int, counter: dict[int, int]) -> str:
    def one(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        if index not in levels:
            return ""
        return render(counter.get(index, levels[index].start), levels[index].form)

    text = re.sub(r"%(\d)", one, levels[level].text)
    if levels[level].form == "bullet":
        return "● " if text else ""
    return text + (" " if levels[level].suffix != "nothing" and text and text[-1].isalnum() else "")


def render(number: int, form: str) -> str:
    """A counter in one of Word's number formats."""
    if form in {"chineseCounting", "chineseCountingThousand", "ideographTraditional", "taiwaneseCounting",
                "taiwaneseCountingThousand", "japaneseCounting", "chineseLegalSimplified"}:  # fmt: skip
        return chinese(number)
    if form in {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"} and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if form == "decimalEnclosedParen" and 1 <= number <= 20:
        return chr(0x2474 + number - 1)
    if form in {"upperLetter", "lowerLetter"} and 1 <= number <= 26:
        return chr((65 if form == "upperLetter" else 97) + number - 1)
    if form == "decimalZero":
        return f"{number:02d}"
    if form == "none":
        return ""
    return str(number)


def chinese(number: int) -> str:
    """1 to 99 as 一 to 九十九; beyond that digit by digit."""
    if not 0 < number < 100:
        return "".join(_CN[int(d)] for d in str(number)) if number >= 0 else ""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _CN[ones]
    return (_CN[tens] if tens > 1 else "") + "十" + (_CN[ones] if ones else "")
