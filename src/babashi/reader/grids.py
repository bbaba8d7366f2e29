"""Tables in plain text: one row a line (cells separated by tabs or bars) or one cell a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from babashi.reader.departments import DUTIES, LEADS, SUPPORTS, UNIT
from babashi.reader.text import Span, normalise

_OF_BENEFIT: Final = r"(?:奖励|奖补|补助|补贴|扶持|支持|资助|政策|兑现|享受|优惠|惠企|减免|具体|主要)"
_ASPECT: Final = rf"(?:{_OF_BENEFIT}{{0,2}}(?:条件|对象|范围|内容|方式|要求|标准|金额|额度|措施|依据))"
_AND: Final = "[及和与、/]"
# What a column holds, by its heading; the first pattern that matches names it.
_COLUMNS: Final = {
    "number": re.compile(r"^(?:序号|编号|条款)$"),
    "phone": re.compile(r"(?:热线|电话|联系方式|手机)(?:号码)?$"),
    "person": re.compile(r"(?:服务人员|联系人|联络员|责任人|负责人|姓名|咨询人)(?:姓名)?$"),
    "support": re.compile(rf"{SUPPORTS}(?:责任)?{UNIT}(?:名称)?$"),
    "lead": re.compile(rf"(?!主管){LEADS}(?:责任)?{UNIT}(?:名称)?$"),
    "duty": re.compile(rf"(?:{DUTIES}|主管){UNIT}(?:名称)?$"),
    "department": re.compile(r"(?:服务|受理|咨询|联系)?(?:单位|部门|科室)(?:名称)?$"),
    "standard": re.compile(
        rf"^(?:{_ASPECT}{_AND})*(?:{_OF_BENEFIT}{{0,2}}(?:标准|金额|额度|条款|内容|政策|力度)|券面|面额|面值)"
        rf"(?:{_AND}{_ASPECT})*(?:（.{{0,8}}）)?$"
    ),
    "policy": re.compile(
        r"政策(?:名称|措施|事项)?$|^事项(?:名称)?$|措施$|项目(?:名称)?$|^服务内容$"
        r"|^(?:奖补|奖励|补贴|补助|扶持|支持)(?:事项|类别|名称)$"
    ),
    "tier": re.compile(
        r"^(?:奖项|等级|等次|级别|档次|类别|类型|规模|名次|条件|(?:使用|消费)?门槛)(?:名称)?$"
    ),
    "period": re.compile(
        r"^(?:政策|补贴|奖励|活动|优惠|项目)?的?(?:执行|实施|施行|有效|适用|享受|兑现|起止|实行|试行|暂行|政策|活动)"
        r"(?:有效)?(?:期限?|时间|期间|时限|时段|周期|日期|起止时间)(?:（起止）|（年月日）)?$"
        r"|^(?:有效期|期限|时效|起止(?:时间|日期)|截止(?:时间|日期)|到期(?:时间|日))$"
    ),
    "note": re.compile(r"^备注$"),
}
# what a cell under 执行期限 may hold
_OF_PERIOD: Final = re.compile(
    r"\s*(?:[自从至到]|截至|\d{4}[年.\-/]|\d{1,2}月|长期|常年|全年|永久|阶段|即日|印发|-+$|—+$|/$|无$)"
)
_SEPARATOR: Final = re.compile(r"(\t| \| |\|)")
MAX_ROWS: Final = 2_000
MAX_COLUMNS: Final = 12
MAX_NAME: Final = 16  # characters of the heading of a column
MAX_SURPLUS: Final = 8  # lines that a cell may hold beside its first


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, stripped, and where it stands in the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with at least two columns whose meaning is known."""

    header: dict[str, Cell]
    rows: tuple[dict[str, Cell], ...]
    span: Span


def find(raw: str) -> list[Grid]:
    """All tables with a known header, in order of the text."""
    lines = [Cell(m[0], m.start(), m.end()) for m in re.finditer(r"[^\n]+", raw) if m[0].strip()]
    grids: list[Grid] = []
    index = 0
    while index < len(lines):
        grid, following = _row_lines(lines, index)
        if grid is None:
            grid, following = _cell_lines(lines, index)
        if grid is None:
            grid, following = _scale(lines, index)
        if grid is None:
            grid, following = _spaced(lines, index)
        if grid is not None:
            grids.append(grid)
        index = max(following, index + 1)
    return grids


def _column(text: str) -> str | None:
    squeezed = re.sub(r"\s+", "", normalise(text))
    if not squeezed or len(squeezed) > 12:
        return None
    return next((name for name, pattern in _COLUMNS.items() if pattern.search(squeezed)), None)


def _split(line: Cell) -> list[Cell]:
    cells: list[Cell] = []
    position = line.start
    for part in _SEPARATOR.split(line.text):
        if not _SEPARATOR.fullmatch(part):
            stripped = part.strip()
            at = position + (len(part) - len(part.lstrip()))
            cells.append(Cell(stripped, at, at + len(stripped)))
        position += len(part)
    return cells


def _named(cells: list[Cell]) -> list[str | None] | None:
    """The meaning of each column, None if this is no header."""
    names = [_column(c.text) for c in cells]
    if "policy" not in names and "tier" not in names and "standard" in names:
        articles = [i for i, c in enumerate(cells) if names[i] == "number" and c.text.endswith("条款")]
        if articles:  # 条款 beside 奖励标准 names what is granted
            names[articles[0]] = "policy"
    if "policy" not in names and "tier" not in names and "standard" in names:
        names[names.index("standard")] = "policy"
    known = {name for name in names if name} - {"number", "note"}
    useful = "phone" in known or ("policy" in known and known & {"lead", "duty", "standard"})
    useful = useful or {"tier", "standard"} <= known
    return names if len(known) >= 2 and useful else None


def _row(names: list[str | None], cells: list[Cell]) -> dict[str, Cell]:
    row: dict[str, Cell] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell.text:
            row.setdefault(name, cell)
    return row


def _row_lines(lines: list[Cell], index: int) -> tuple[Grid | None, int]:
    header = _split(lines[index])
    if not 2 <= len(header) <= MAX_COLUMNS:
        return None, index
    names = _named(header)
    if names is None:
        return None, index
    rows: list[dict[str, Cell]] = []
    at = index + 1
    while at < len(lines) and len(rows) < MAX_ROWS:
        cells = _padded(names, _split(lines[at]))
        if len(cells) != len(header):
            break
        rows.append(_row(names, cells))
        at += 1
    if not rows:
        return None, index
    return Grid(_row(names, header), tuple(rows), Span(lines[index].start, lines[at - 1].end)), at


def _padded(names: list[str | None], cells: list[Cell]) -> list[Cell]:
    """A row whose first cells are those of the row above, joined with it, begins with its number."""
    before = names.index("number") if "number" in names else 0
    if before and len(cells) == len(names) - before and cells[0].text.isdigit():
        return [Cell("", cells[0].start, cells[0].start)] * before + cells
    return cells


_SUM: Final = re.compile(r"(?:最高)?\d[\d.]*\s*[十百千]?[万亿]?元(?:/[一-龥]{1,3})?|[-—/无]")
_PLAIN_HEADING: Final = re.compile(r"(?!.*\d)[^，。；：]{1,20}")


_UNIT: Final = re.compile(r"[（(](?:单位[:：])?([十百千]?万?元(?:/[一-龥]{1,3})?)[)）]")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


def unit(heading: str) -> str:
    """万元 or 元/月 in the heading of a column of sums."""
    found = _UNIT.search(heading)
    return found[1] if found else ""


def _is_sum(cell: Cell, heading: Cell) -> bool:
    if _SUM.fullmatch(cell.text):
        return True
    return _NUMBER.fullmatch(cell.text) is not None and bool(unit(heading.text))


def _scale(lines: list[Cell], index: int) -> tuple[Grid | None, int]:
    """``购车金额 | 燃油车 | 新能源车`` above rows of which all cells but the first are sums: steps of one benefit."""
    header = _split(lines[index])
    filled = [i for i, cell in enumerate(header) if cell.text]
    if not 2 <= len(filled) <= MAX_COLUMNS:
        return None, index
    if not all(_PLAIN_HEADING.fullmatch(header[i].text) for i in filled):
        return None, index
    first, *others = filled
    names = ["tier" if i == first else f"standard {i}" if i in others else None for i in range(len(header))]
    rows: list[dict[str, Cell]] = []
    at = index + 1
    while at < len(lines) and len(rows) < MAX_ROWS:
        cells = _split(lines[at])
        if len(cells) != len(header) or not cells[first].text:
            break
        if not all(_is_sum(cells[i], header[i]) for i in others) or _is_sum(cells[first], header[first]):
            break
        rows.append(_row(names, cells))
        at += 1
    if len(rows) < 2:
        return None, index
    return Grid(_row(names, header), tuple(rows), Span(lines[index].start, lines[at - 1].end)), at


_BLANKS: Final = re.compile(r"[\t \u3000]+")
_GIVEN: Final = re.compile(r"补|奖|标准|资助|金额|额度|保额|保险金额|津贴|抚恤|救助|单价")
_PAID: Final = re.compile(r"保费|售价|价格|收费|自[缴付筹]|缴费|个人|投资")
_SHARE: Final = re.compile(r"\d{1,3}(?:\.\d)?[%％]")


def _columns(line: Cell) -> list[Cell]:
    """The cells of a line whose columns are set apart by blanks or tabs."""
    cells: list[Cell] = []
    begin = 0
    for blank in _BLANKS.finditer(line.text + "\t"):
        if blank[0] == " ":  # a single blank stands inside a cell
            continue
        if blank.start() > begin:
            start, end = line.start + begin, line.start + blank.start()
            cells.append(Cell(line.text[begin : blank.start()], start, end))
        begin = blank.end()
    return cells


def _spaced(lines: list[Cell], index: int) -> tuple[Grid | None, int]:
    """``机具　档次　补贴额（元/台）`` above rows with as many cells, a number below each sum: columns set by blanks."""
    header = _columns(lines[index])
    if not 2 <= len(header) <= MAX_COLUMNS or any(len(c.text) > MAX_NAME for c in header):
        return None, index
    given = [_GIVEN.search(c.text) is not None and not _PAID.search(c.text) for c in header]
    rows: list[dict[str, Cell]] = []
    names = ["tier", *(f"standard {i}" if given[i] else None for i in range(1, len(header)))]
    sums = [i for i in range(1, len(header)) if given[i] and unit(header[i].text)]
    if not sums:
        return None, index
    at = index + 1
    while at < len(lines) and len(rows) < MAX_ROWS:
        cells = _columns(lines[at])
        if len(cells) != len(header) or not all(_is_sum(cells[i], header[i]) for i in sums):
            break
        rows.append(_row(names, cells))
        at += 1
    if len(rows) < 2:
        return None, index
    return Grid(_row(names, header), tuple(rows), Span(lines[index].start, lines[at - 1].end)), at


def is_share(cell: Cell) -> bool:
    """A percentage alone, as cells of 财政补贴 hold it."""
    return _SHARE.fullmatch(cell.text) is not None


def _cell_lines(lines: list[Cell], index: int) -> tuple[Grid | None, int]:
    """Text converters write one cell a line; empty cells vanish, so the running number cuts the rows."""
    if _column(lines[index].text) != "number":
        return None, index
    header: list[Cell] = []
    for line in lines[index : index + MAX_COLUMNS + 1]:
        if line.text.strip() == "1" or len(line.text.strip()) > MAX_NAME:
            break
        header.append(Cell(line.text.strip(), line.start, line.end))
    names = _named(header) if len(header) >= 3 else None
    if names is None or names[0] != "number":
        return None, index
    at = index + len(header)
    rows: list[dict[str, Cell]] = []
    while at < len(lines) and lines[at].text.strip() == str(len(rows) + 1) and len(rows) < MAX_ROWS:
        following = str(len(rows) + 2)
        ahead = range(at + 1, min(len(lines), at + len(header) + MAX_SURPLUS))
        whole = next((i for i in ahead if lines[i].text.strip() == following), None)
        stop = min(len(lines), at + len(header)) if whole is None else whole
        cells = [Cell(c.text.strip(), c.start, c.end) for c in lines[at:stop]]
        rows.append(_row(names, _fitted(names, _folded(names, cells))))
        at = stop
    if not rows:
        return None, index
    return Grid(_row(names, header), tuple(rows), Span(lines[index].start, lines[at - 1].end)), at


def _fitted(names: list[str | None], cells: list[Cell]) -> list[Cell]:
    """A row of fewer lines than columns: an empty cell has vanished, as a period shows that is none."""
    at = names.index("period") if "period" in names else len(cells)
    if len(cells) != len(names) - 1 or at >= len(cells) or _OF_PERIOD.match(cells[at].text):
        return cells
    return [*cells[:at], Cell("", cells[at].start, cells[at].start), *cells[at:]]


def _folded(names: list[str | None], cells: list[Cell]) -> list[Cell]:
    """A row of more lines than columns: what is granted stands on several of them."""
    surplus = len(cells) - len(names)
    if surplus <= 0 or "standard" not in names:
        return cells
    at = names.index("standard")
    inside = cells[at : at + surplus + 1]
    one = Cell("\n".join(c.text for c in inside), inside[0].start, inside[-1].end)
    return [*cells[:at], one, *cells[at + surplus + 1 :]]
