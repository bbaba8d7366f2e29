"""Old Office formats (.doc, .wps, .odt, .rtf) through LibreOffice in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from babashi.reader.errors import ConverterMissing, UnreadableFile
from babashi.reader.sources import Source, docx

TIMEOUT_SECONDS: Final = 60
_PROGRAMS: Final = ("soffice", "libreoffice")
_ADVICE: Final = "请用 Word 或 WPS 打开，另存为 docx 后再试"


def converter() -> str | None:
    """The LibreOffice program, if installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def load(data: bytes, suffix: str) -> Source:
    """Converts to .docx and reads that."""
    if data.startswith(b"\xd0\xcf\x11\xe0") and _encrypted(data):
        raise UnreadableFile("文件有密码。请去掉密码后再试。")
    program = converter()
    if program is None:
        raise ConverterMissing(
            f"旧格式 {suffix} 需要 LibreOffice 才能读，本机没有安装。{_ADVICE}，或安装 libreoffice-writer。"
        )
    with tempfile.TemporaryDirectory(prefix="babashi-notice-") as folder:
        source = Path(folder) / f"notice{suffix}"
        source.write_bytes(data)
        _convert(program, source, Path(folder))
        target = Path(folder) / "notice.docx"
        if not target.exists():
            raise UnreadableFile(f"LibreOffice 打不开这个文件，可能已损坏。{_ADVICE}。")
        return docx.load(target.read_bytes())


def _encrypted(data: bytes) -> bool:
    return (
        "EncryptedPackage".encode("utf-16-le") in data[:65536] or "EncryptionInfo".encode("utf-16-le") in data
    )


def _convert(program: str, source: Path, folder: Path) -> None:
    command = [
        program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to", "docx", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as problem:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise ConverterMissing(f"LibreOffice 在 {TIMEOUT_SECONDS} 秒内没有转换完。{_ADVICE}。") from problem
