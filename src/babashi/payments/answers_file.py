"""Reading the bank's answers: CSV (UTF-8, BOM, GB18030) or XLSX with the seven fixed columns."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from openpyxl import load_workbook

from babashi.payments.errors import BadAnswerFile

COLUMNS = ("批次号", "支付编号", "状态", "金额", "支付日期", "银行流水号", "原因")
SUCCEEDED, RETURNED = "成功", "退回"
MAX_BYTES, MAX_UNPACKED, MAX_ROWS, MAX_CELL = 5 << 20, 50 << 20, 20_000, 300
LARGEST = Decimal(10) ** 12
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of the bank, typed. ``number`` counts as a spreadsheet does."""

    number: int
    batch: str
    payment: str
    status: str
    amount: Decimal
    paid_on: date | None
    reference: str
    reason: str


def read_answers(content: bytes) -> list[AnswerRow]:
    """All rows, or :class:`BadAnswerFile` with every mistake found."""
    if not content:
        raise BadAnswerFile(["文件是空的"])
    if len(content) > MAX_BYTES:
        raise BadAnswerFile([f"文件超过 {MAX_BYTES >> 20} MB，请分批导入"])
    lines = _sheet(content) if content[:4] == b"PK\x03\x04" else _text(content)
    head: list[str] | None = None
    rows: list[AnswerRow] = []
    problems: list[str] = []
    for number, cells in lines:
        if number > MAX_ROWS + 1:
            raise BadAnswerFile([f"超过 {MAX_ROWS:,} 行，请分批导入"])
        if head is None:
            head = _head(cells)
        elif any(cells):
            try:
                rows.append(_row(number, dict(zip(head, cells, strict=False))))
            except ValueError as error:
                problems.append(f"第 {number} 行：{error}")
    if head is None or not (rows or problems):
        problems.append(f"没有数据行。第一行应为：{'、'.join(COLUMNS)}")
    if problems:
        raise BadAnswerFile(problems)
    return rows


def _head(cells: list[str]) -> list[str]:
    names = ["".join(cell.split()) for cell in cells]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise BadAnswerFile([f"缺少列：{'、'.join(missing)}。第一行应为：{'、'.join(COLUMNS)}"])
    if len(set(names) - {""}) != len([name for name in names if name]):
        raise BadAnswerFile(["有重复的列名，请删去一列"])
    return names


def _row(number: int, cells: dict[str, str]) -> AnswerRow:
    too_long = next((name for name in COLUMNS if len(cells.get(name, "")) > MAX_CELL), None)
    if too_long:
        raise ValueError(f"“{too_long}”超过 {MAX_CELL} 个字")
    status = cells.get("状态", "")
    if status not in (SUCCEEDED, RETURNED):
        raise ValueError(f"状态“{status[:20]}”只能是 成功 或 退回")
    if not cells.get("支付编号"):
        raise ValueError("支付编号是空的")
    paid_on = _date(cells.get("支付日期", ""))
    if status == SUCCEEDED and paid_on is None:
        raise ValueError("成功的支付要有支付日期")
    if status == SUCCEEDED and not cells.get("银行流水号"):
        raise ValueError("成功的支付要有银行流水号")
    return AnswerRow(
        number, cells.get("批次号", "")[:60], cells["支付编号"][:60], status, _amount(cells.get("金额", "")), paid_on,
        cells.get("银行流水号", "")[:80], cells.get("原因", ""),
    )  # fmt: skip


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise ValueError(f"金额“{text[:20]}”不是数字") from None
    if not amount.is_finite() or not 0 < amount < LARGEST or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"金额“{text[:20]}”应大于零、最多两位小数")
    return amount.quantize(Decimal("0.01"))


def _date(text: str) -> date | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found:
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            pass
    raise ValueError(f"支付日期“{text[:20]}”应写成 2022-12-31")


def _text(content: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadAnswerFile(["文件既不是 UTF-8 也不是 GB18030 编码，请另存为 CSV UTF-8 后再导入"])
    if "\x00" in text:
        raise BadAnswerFile(["这不是文本文件，请导入 CSV 或 XLSX"])
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            yield number, [_unquoted(cell.strip()) for cell in cells]
    except csv.Error as error:
        raise BadAnswerFile(["CSV 的引号或单元格有问题，请用表格软件另存一次"]) from error


def _unquoted(cell: str) -> str:
    """Our own exports put an apostrophe before text that a spreadsheet would run."""
    return cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell


def _sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if (
                sum(info.file_size for info in package.infolist()) > MAX_UNPACKED
                or len(package.infolist()) > 500
            ):
                raise BadAnswerFile(["文件解压后过大，已拒绝。请只保留回单表后重新导入"])
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield number, [_cell(cell) for cell in cells[:50]]
    except BadAnswerFile:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise BadAnswerFile(["XLSX 文件损坏或加了密码，请另存一份后再导入"]) from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value).strip()
