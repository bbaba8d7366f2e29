"""What is taken and what is refused, shown with files made here; names; sealed fields."""

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from babashi.files.cipher import Unsealable, seal, unseal
from babashi.files.errors import Refused
from babashi.files.inspect import kind_of
from babashi.files.names import MAX_NAME, safe_name
from babashi.files.ole import MAGIC


def pdf(change=lambda writer: None, pages: int = 1) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    change(writer)
    writer.write(out)
    return out.getvalue()


def opening(action: str):
    """Gives the PDF an action that runs when it is opened."""
    what = DictionaryObject({NameObject("/S"): NameObject(action)})
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): what})


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, kind)
    return out.getvalue()


def word() -> bytes:
    out = io.BytesIO()
    Document().save(out)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word_with(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(word())) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return package(parts | {name: content})


TEMPLATE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    b' Target="https://example.test/t.dotm" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf(), "pdf"),
        (picture("PNG"), "png"),
        (picture("JPEG"), "jpg"),
        (word(), "docx"),
        (workbook(), "xlsx"),
    ],
)
def test_honest_files_pass(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


HOSTILE = {
    "empty": (b"", "0 字节"),
    "pdf of words": (b"%PDF-1.7 nothing", "损坏"),
    "pdf with a password": (pdf(lambda writer: writer.encrypt("secret")), "密码"),
    "pdf with a script": (pdf(opening("/JavaScript")), "脚本"),
    "pdf that starts a program": (pdf(opening("/Launch")), "脚本"),
    "pdf with a file": (pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "脚本"),
    "pdf without pages": (pdf(pages=0), "没有一页"),
    "windows program": (b"MZ\x90\x00" + bytes(200), "程序"),
    "linux program": (b"\x7fELF" + bytes(200), "程序"),
    "web page": (b"<html><script>1</script></html>", "认不出"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="a()"/>', "认不出"),
    "png and zip": (picture("PNG") + package({"a": b"b"}), "夹带"),
    "jpeg and zip": (picture("JPEG") + package({"a": b"b"}), "夹带"),
    "pdf and zip": (pdf() + package({"a": b"b"}), "夹带"),
    "half a png": (picture("PNG")[:40], "损坏"),
    "zip": (package({"a.txt": b"b"}), "压缩包"),
    "zip bomb": (word_with("word/media/a.bin", bytes(3_000_000)), "炸弹"),
    "macro": (word_with("word/vbaProject.bin", b"x"), "宏"),
    "remote template": (word_with("word/_rels/settings.xml.rels", TEMPLATE), "外部"),
    "path": (word_with("../../evil.xml", b"x"), "路径"),
    "program inside": (word_with("word/embeddings/a.exe", b"MZ"), "程序"),
    "half a docx": (word()[:2000], "损坏"),
    "broken ole": (MAGIC + bytes(100), "损坏"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_reason(name: str) -> None:
    data, reason = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        kind_of(data)
    assert reason in refused.value.message
    assert refused.value.field_errors == {"file": [refused.value.message]}


@given(st.text(max_size=200))
def test_names_are_harmless(name: str) -> None:
    kept = safe_name(name, "pdf")
    assert kept.lower().endswith(".pdf")
    assert 4 < len(kept) <= MAX_NAME
    assert not re.search(r'[\\/<>:"|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', kept)
    assert not kept.startswith(".")


def test_names_keep_what_is_readable() -> None:
    assert safe_name("../../etc/年报.exe", "pdf") == "年报.exe.pdf"
    assert safe_name("合同\u202egpj.exe", "jpg") == "合同gpj.exe.jpg"
    assert safe_name("..", "png") == "未命名.png"


@given(st.text(max_size=60), st.text(max_size=30))
def test_a_seal_opens_where_it_was_made_and_nowhere_else(text: str, context: str) -> None:
    sealed = seal(text, context)
    assert unseal(sealed, context) == text
    with pytest.raises(Unsealable):
        unseal(sealed, context + "x")


@given(st.text(max_size=20), st.data())
def test_an_altered_seal_does_not_open(text: str, data: st.DataObject) -> None:
    sealed = bytearray(seal(text, "place"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unsealable):
        unseal(bytes(sealed), "place")


def test_another_key_does_not_open_a_seal(settings) -> None:
    sealed = seal("6222", "place")
    settings.BABASHI_FIELD_KEY = "k" * 64
    with pytest.raises(Unsealable, match="密钥不对"):
        unseal(sealed, "place")


def _page_action(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})


def _annotation(subtype: str, action: str = "") -> Callable[[PdfWriter], None]:
    def put(writer: PdfWriter) -> None:
        note = DictionaryObject(
            {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(subtype)}
        )
        if action:
            note[NameObject("/A")] = DictionaryObject({NameObject("/S"): NameObject(action)})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return put


def _chained(writer: PdfWriter) -> None:
    last = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    )
    first = DictionaryObject({NameObject("/S"): NameObject("/GoTo"), NameObject("/Next"): last})
    writer.root_object[NameObject("/OpenAction")] = first


@pytest.mark.parametrize(
    "hide", [_page_action, _annotation("/Link", "/Launch"), _annotation("/FileAttachment"), _chained]
)
def test_actions_that_hide_deep_in_a_pdf(hide: Callable[[PdfWriter], None]) -> None:
    with pytest.raises(Refused, match="打印为 PDF"):
        kind_of(pdf(hide))


def test_a_link_in_a_pdf_is_harmless() -> None:
    assert kind_of(pdf(_annotation("/Link", "/URI"))) == "pdf"
