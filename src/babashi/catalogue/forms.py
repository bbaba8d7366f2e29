"""Forms of the desk."""

from __future__ import annotations

import zipfile
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from babashi.catalogue.services import MAX_BYTES, MAX_FILES
from babashi.rules.loader import CASES_FILE, NOTICE_SUFFIX, PACK_FILE, PLATFORM_FILE

NAMES = (PACK_FILE, CASES_FILE, PLATFORM_FILE)


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(MultipleFileField, self).clean(file, initial) for file in files if file]


class PackForm(forms.Form):
    """The files of a pack, as they are or in one zip."""

    files = MultipleFileField(
        label="政策包文件",
        help_text="选择 pack.yaml、cases.yaml、参数表（.csv）和通知全文（.txt，核对引用，并给读者看），可以一次多选；"
        "也可以把整个文件夹压缩成一个 .zip。合计不超过 2 MB。",
        widget=MultipleFileInput(attrs={"accept": ".yaml,.yml,.csv,.txt,.zip"}),
    )
    note = forms.CharField(
        label="改动说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_files(self) -> dict[str, str]:
        """Texts by file name; bounded before anything is unpacked."""
        uploads: list[UploadedFile] = self.cleaned_data["files"]
        if not uploads:
            raise forms.ValidationError("请选择政策包的文件。")
        if sum(upload.size or 0 for upload in uploads) > MAX_BYTES or len(uploads) > MAX_FILES:
            raise forms.ValidationError(f"文件太多或太大：最多 {MAX_FILES} 个、合计 2 MB。")
        texts: dict[str, str] = {}
        for upload in uploads:
            name = str(upload.name)
            if name.lower().endswith(".zip"):
                texts.update(_unzip(upload))
            elif not _is_note(name):
                texts[_name(name)] = _text(name, upload.read())
        if PACK_FILE not in texts:
            raise forms.ValidationError("没有 pack.yaml。政策包至少要有这个文件。")
        return texts


def _is_note(path: str) -> bool:
    """What lies beside a pack for people: 草稿说明.md."""
    return path.lower().endswith(".md")


def _name(path: str) -> str:
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    if name not in NAMES and not name.endswith((".csv", NOTICE_SUFFIX)):
        raise forms.ValidationError(
            f"不认识的文件 {name}。政策包只有 pack.yaml、cases.yaml、.csv 参数表和 .txt 通知全文。"
        )
    return name


def _text(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(f"{name} 不是 UTF-8 编码，请另存为 UTF-8。") from None
    if "\0" in text:
        raise forms.ValidationError(f"{name} 里有看不见的控制字符（U+0000），请删去。")
    return text


def _unzip(upload: UploadedFile) -> dict[str, str]:
    try:
        with zipfile.ZipFile(upload) as archive:
            entries = [
                entry for entry in archive.infolist() if not entry.is_dir() and not _is_note(entry.filename)
            ]
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise forms.ValidationError(f"压缩包太大：最多 {MAX_FILES} 个文件、解开后合计 2 MB。")
            texts = {}
            for entry in entries:
                with archive.open(entry) as file:
                    content = file.read(MAX_BYTES + 1)
                if len(content) > MAX_BYTES:
                    raise forms.ValidationError("压缩包里的文件太大。")
                texts[_name(entry.filename)] = _text(entry.filename, content)
            return texts
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError, OSError):
        raise forms.ValidationError("压缩包打不开（损坏或加密）。请重新压缩，不设密码。") from None
