"""Registers that officials upload: kept aside, looked at, imported only when confirmed.

The files lie in a folder of their own below MEDIA_ROOT until they are imported, discarded, or a day old. What is
confirmed is what was looked at: the digest of the content has to be the same.
"""

import datetime as dt
import re
import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from babashi.accounts.models import Department, Role, User
from babashi.accounts.permissions import require_role
from babashi.audit.acts import note, one_act
from babashi.audit.errors import Conflict, Invalid
from babashi.enterprises.importing import ImportReport, import_register
from babashi.enterprises.models import StagedImport
from babashi.enterprises.queries import dictionary
from babashi.register_io.limits import MEBIBYTE, Limits
from babashi.register_io.problems import Problem
from babashi.register_io.reading import read_register
from babashi.register_io.register import Register
from babashi.workdays.clock import now

MAX_FILES: Final = 10
MAX_TOTAL: Final = 60 * MEBIBYTE
KEPT: Final = dt.timedelta(days=1)
SHOWN: Final = 200
WEB_LIMITS: Final = Limits(
    file_bytes=20 * MEBIBYTE, rows=300_000, workbook_bytes=20 * MEBIBYTE, workbook_unpacked_bytes=512 * MEBIBYTE,
    workbook_strings_bytes=64 * MEBIBYTE, problems=5_000,
)  # fmt: skip
_SUFFIXES: Final = (".csv", ".xlsx")


class Unreadable(Invalid):
    """Nothing of what was uploaded can be used; ``problems`` says why."""

    code = "unreadable_register"

    def __init__(self, problems: list[Problem]) -> None:
        reasons = (
            "；".join(str(problem) for problem in problems[:5]) or "里面没有一行数据，请检查是不是只有表头"
        )
        super().__init__(
            f"这些文件不能导入：{reasons}", {"files": [str(problem) for problem in problems[:20]]}
        )
        self.problems = problems


def stage(
    files: Sequence[UploadedFile], *, label: str, as_of: dt.date, department: Department | None, by: User
) -> StagedImport:
    """Keep uploaded files aside and say what an import would do. Nothing stays when they can't be used.

    Raises Invalid (413 when too large, 422 otherwise) and NotAllowed; only registrars take in registers.
    """
    require_role(by, Role.REGISTRAR)
    _purge()
    staged = StagedImport(
        label=label.strip(), as_of=as_of, department=department, staged_by=by, staged_at=now()
    )
    place = folder_of(staged)
    try:
        staged.names = _keep(files, place)
        register = read(staged)
        if (
            not register.enterprises
            and not any(register.tables.values())
            and not any(register.parameters.values())
        ):
            raise Unreadable(register.problems)
        report = import_register(
            register, label=label, as_of=as_of, by=by, department=department, accept_valid=True, dry_run=True
        )
        staged.digest, staged.error_count = register.digest, register.error_count
        staged.warning_count = register.warning_count
        staged.preview = _preview(register, report)
        _save(staged, by)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return staged


@one_act
def _save(staged: StagedImport, by: User) -> None:
    staged.save(force_insert=True)
    details = {"label": staged.label, "as_of": staged.as_of, "files": staged.names, "digest": staged.digest}
    note(
        actor=by,
        action="enterprises.import_staged",
        subject=("staged_import", str(staged.pk)),
        details=details,
    )


def confirm(staged: StagedImport, *, accept_valid: bool, by: User) -> ImportReport:
    """Import what was looked at. Confirmed twice, the second says so. Raises RegisterRefused, Conflict."""
    require_role(by, Role.REGISTRAR)
    with transaction.atomic():
        staged = _open(staged)
        if staged.staged_at < now() - KEPT or not folder_of(staged).is_dir():
            raise Conflict("上传已超过一天，文件不再保留。请重新上传。", code="upload_expired")
        register = read(staged)
        if register.digest != staged.digest:
            raise Conflict("暂存的文件与预览时不一致，没有导入。请重新上传。", code="upload_changed")
        report = import_register(
            register, label=staged.label, as_of=staged.as_of, by=by, department=staged.department,
            accept_valid=accept_valid,
        )  # fmt: skip
        staged.batch = report.batch
        staged.save(update_fields=["batch"])
        place = folder_of(staged)
        transaction.on_commit(lambda: shutil.rmtree(place, ignore_errors=True))
    return report


@one_act
def discard(staged: StagedImport, *, by: User) -> None:
    """Throw uploaded files away."""
    require_role(by, Role.REGISTRAR)
    staged = _open(staged)
    place, key = folder_of(staged), str(staged.pk)
    staged.delete()
    transaction.on_commit(lambda: shutil.rmtree(place, ignore_errors=True))
    note(actor=by, action="enterprises.import_discarded", subject=("staged_import", key))


def read(staged: StagedImport) -> Register:
    """The register in the files that were put aside."""
    return read_register(folder_of(staged), dictionary(), limits=WEB_LIMITS)


def folder_of(staged: StagedImport) -> Path:
    """Where the files of an upload lie."""
    return Path(settings.MEDIA_ROOT) / "staged" / uuid.UUID(str(staged.pk)).hex


def _open(staged: StagedImport) -> StagedImport:
    found = StagedImport.objects.select_for_update().filter(pk=staged.pk).first()
    if found is None:
        raise Conflict("这次上传已经放弃或过期，请重新上传。", code="upload_gone")
    if found.batch_id is not None:
        raise Conflict("这次上传已经导入过了，结果在导入记录里。", code="already_imported")
    return found


def _keep(files: Sequence[UploadedFile], place: Path) -> list[str]:
    if not files:
        raise Invalid("请选择要导入的文件。", {"files": ["请选择 .csv 或 .xlsx 文件"]})
    sizes = [int(file.size or 0) for file in files]
    if len(files) > MAX_FILES or sum(sizes) > MAX_TOTAL or max(sizes) > WEB_LIMITS.file_bytes:
        message = f"文件太多或太大：最多 {MAX_FILES} 个，每个 20 MB，合计 60 MB。更大的数据请用命令行导入。"
        raise Invalid(message, {"files": [message]}, code="too_large", status=413)
    place.mkdir(mode=0o750, parents=True)
    names: list[str] = []
    for file in files:
        name = _safe_name(file.name or "")
        if name.lower() in (known.lower() for known in names):
            raise Invalid(f"有两个文件都叫 {name}。", {"files": [f"有两个文件都叫 {name}，请去掉一个"]})
        names.append(name)
        with (place / name).open("xb") as target:
            for chunk in file.chunks():
                target.write(chunk)
    return names


def _safe_name(name: str) -> str:
    """The last part of the name; what it is called decides which table it holds."""
    short = re.sub(r"[^\w .（）()-]", "_", re.split(r"[\\/]", name)[-1]).strip(" .")
    if not short.lower().endswith(_SUFFIXES):
        message = f"“{short[:60]}”不是 .csv 或 .xlsx 文件。请另存为这两种格式之一再上传。"
        raise Invalid(message, {"files": [message]}, code="wrong_kind")
    if len(short.encode()) > 200:
        raise Invalid("文件名太长，请改短再上传。", {"files": ["文件名太长，请改短再上传"]})
    return short


def _preview(register: Register, report: ImportReport) -> dict[str, object]:
    tables = []
    for layout in register.layout:
        table = register.table(layout.id)
        if table is not None:
            tables.append({"label": layout.label, "rows": len(table), "file": table.file})
        else:
            words = "文件读不了" if layout.id in register.unusable else "没有提供，保持原样"
            tables.append({"label": layout.label, "rows": None, "file": words})
    problems = sorted(register.problems, key=lambda problem: problem.severity != "error")
    return {
        "tables": tables, "unchanged": report.unchanged, "added": report.added, "retired": report.retired,
        "changed": len(report.changed_ids), "enterprises": report.enterprises, "rows": report.rows,
        "rejected": len(register.rejected_rows), "synthetic": register.synthetic,
        "parameters_changed": report.parameters_changed,
        "problems": [problem.to_json() for problem in problems[:SHOWN]], "problem_count": len(problems),
    }  # fmt: skip


def _purge() -> None:
    """Forget what nobody confirmed within a day."""
    for old in StagedImport.objects.filter(staged_at__lt=now() - KEPT, batch=None):
        with suppress(OSError):
            shutil.rmtree(folder_of(old), ignore_errors=True)
        old.delete()
