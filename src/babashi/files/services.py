"""Taking uploads in and handing them out again."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from babashi.accounts.models import User
from babashi.audit.errors import NotFound
from babashi.audit.services import record
from babashi.files.errors import Refused
from babashi.files.inspect import kind_of
from babashi.files.models import StoredFile
from babashi.files.names import safe_name
from babashi.workdays import clock


def accept_upload(uploaded: UploadedFile, *, by: User | None, uscc: str) -> StoredFile:
    """Check an upload by its content and keep it under a random name.

    Raises Refused (an Invalid) with a Chinese reason. Nothing stays on disk when the database says no.
    """
    limit = int(settings.UPLOAD_LIMIT)
    data = uploaded.read(limit + 1)
    if len(data) > limit:
        raise Refused(f"文件超过 {limit // (1024 * 1024)} MB。请压缩图片或拆成几个文件再上传。")
    kind = kind_of(data)
    path = f"{secrets.token_hex(1)}/{secrets.token_hex(16)}"
    place = _place(path)
    _write(place, data)
    try:
        with transaction.atomic():
            stored = StoredFile.objects.create(
                name=safe_name(uploaded.name or "", kind),
                kind=kind,
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                path=path,
                uscc=uscc,
                uploaded_by=by,
                uploaded_at=clock.now(),
            )
            details = {"name": stored.name, "kind": kind, "size": stored.size, "sha256": stored.sha256}
            record(
                actor=by,
                action="files.uploaded",
                subject=("file", str(stored.pk)),
                uscc=uscc,
                details=details,
            )
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return stored


def open_file(stored: StoredFile) -> IO[bytes]:
    """The content. Raises NotFound when it is missing or no longer what was uploaded."""
    place = _place(stored.path)
    try:
        data = place.open("rb")
    except OSError:
        raise NotFound("文件内容不在存储里。请联系系统管理员从备份恢复。", code="file_lost") from None
    if os.fstat(data.fileno()).st_size != stored.size:
        data.close()
        raise NotFound("文件内容与登记的不一致。请联系系统管理员从备份恢复。", code="file_lost")
    return data


def _place(path: str) -> Path:
    return Path(settings.MEDIA_ROOT) / path


def _write(place: Path, data: bytes) -> None:
    """Write it completely before it has its name, and down to the disk before the database knows of it."""
    place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
