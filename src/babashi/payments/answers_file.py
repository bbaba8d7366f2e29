"""Reading the bank's answers: CSV (UTF-8, BOM, GB18030) or XLSX with the seven fixed columns."""

import contextlib
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl import load_workbook

from babashi.payments.errors import BadAnswerFile
from babashi.unseen import seen

COLUMNS = ("批次号", "支付编号", "状态", "金额", "支付日期", "银行流水号", "原因")
SUCCEEDED, RETURNED = "成功", "退回"
SAMPLE = "示例-"
"""What the payment numbers of the sample file begin with: such a row is never a bank's."""
MAX_BYTES, MAX_UNPACKED, MAX_ROWS, MAX_CELL = 5 << 20, 50 << 20, 20_000, 300
KEPT = {"批次号": 60, "支付编号": 60, "银行流水号": 80}
"""Characters that are kept of what tells one payment from another: longer ones are refused, never cut."""
MAX_LINES = 1_100_000
"""Lines with the empty ones: a sheet that was formatted to its end has a million."""
LARGEST = Decimal(10) ** 12
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?"
)
_AMOUNT = re.compile(r"[¥￥]? ?(\d{1,3}(?:[,，]\d{3})+|\d+)(\.\d+)?(?: ?元)?")
_EXACT_DIGITS = 15
"""A spreadsheet keeps fifteen digits of a number; of a longer one the rest is lost."""
_LOST = "\x00"


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
    for number, typed in lines:
        cells = [seen(cell).strip() for cell in typed]
        if not any(cells) and number <= MAX_LINES:
            continue
        if number > MAX_LINES or len(rows) + len(problems) >= MAX_ROWS:
            raise BadAnswerFile([f"超过 {MAX_ROWS:,} 行，请分批导入"])
        if head is None:
            head = _head(cells)
            continue
        try:
            if any(cells[len(head) :]):
                raise ValueError("格数比表头多。金额里有逗号的，要用引号括起来")
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
    for name in COLUMNS:
        limit = KEPT.get(name, MAX_CELL)
        if len(cells.get(name, "")) > limit:
            raise ValueError(f"“{name}”超过 {limit} 个字")
    lost = next((name for name in COLUMNS if cells.get(name) == _LOST), None)
    if lost:
        raise ValueError(f"“{lost}”是数字格式，超过 {_EXACT_DIGITS} 位已失真，请设为文本格式后重新填写")
    status = cells.get("状态", "")
    if status not in (SUCCEEDED, RETURNED):
        raise ValueError(f"状态“{status[:20]}”只能是 成功 或 退回")
    if not cells.get("支付编号"):
        raise ValueError("支付编号是空的")
    if cells["支付编号"].startswith(SAMPLE):
        raise ValueError("是示例（合成），不能导入。请换成银行的数据，或删去这一行")
    paid_on = _date(cells.get("支付日期", ""))
    if status == SUCCEEDED and paid_on is None:
        raise ValueError("成功的支付要有支付日期")
    if status == SUCCEEDED and not cells.get("银行流水号"):
        raise ValueError("成功的支付要有银行流水号")
    return AnswerRow(
        number, cells.get("批次号", ""), cells["支付编号"], status, _amount(cells.get("金额", "")), paid_on,
        cells.get("银行流水号", ""), cells.get("原因", ""),
    )  # fmt: skip


def _amount(text: str) -> Decimal:
    """Yuan, to the fen. No exponents, no comma as a decimal point: what could be read in two ways is refused."""
    if text.startswith(("-", "−", "－", "(")):
        raise ValueError(f"金额“{text[:20]}”是负数，应大于零；退回的款项写状态“退回”，金额仍写正数")
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"金额“{text[:20]}”不是数字，应写成 200000.00 或 200,000.00")
    whole, fraction = found.groups()
    amount = Decimal(whole.replace(",", "").replace("，", "") + (fraction or ""))
    if not 0 < amount < LARGEST or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"金额“{text[:20]}”应大于零、最多两位小数")
    return amount.quantize(Decimal("0.01"))


def _date(text: str) -> date | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found:
        year, month, day = (int(part) for part in found.groups() if part is not None)
        with contextlib.suppress(ValueError):
            return date(year, month, day)
    raise ValueError(f"支付日期“{text[:20]}”不对，请写成年-月-日，例如 2022-12-31")


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
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            yield number, [_unquoted(cell.strip()) for cell in cells]
    except csv.Error as error:
        raise BadAnswerFile(
            [f"第 {number + 1} 行附近：单元格过长，或引号没有配对。请用表格软件另存一次后再导入"]
        ) from error


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
        if abs(value) >= 10**_EXACT_DIGITS:
            return _LOST
        return format(Decimal(repr(round(value, 6))), "f")  # 0.1 + 0.2 in a sheet is 0.3 for a bank
    return str(value).strip()
