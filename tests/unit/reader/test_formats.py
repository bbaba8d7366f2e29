"""Every format gives the same finds; broken, encrypted, scanned and hostile files get a clear Chinese error."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import notice_files as files
import pytest

from babashi.reader import ReaderError, read_file
from babashi.reader.errors import ConverterMissing, ScannedDocument, UnreadableFile
from babashi.reader.sources import numbering, office
from babashi.reader.sources.load import load


def saved(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def check(path: Path) -> None:
    notice = read_file(path)
    assert notice.document_number is not None
    assert notice.document_number.text == "某政发〔2023〕6号"
    found = [
        (
            m.kind,
            [(int(a.value), a.role) for a in m.amounts],
            [(float(r.value), r.role) for r in m.rates],
            [w.text for w in m.lead_departments],
        )
        for m in notice.measures
    ]
    assert found == [
        ("reward", [(100000, "fixed")], [], ["区经信局"]),
        ("interest_subsidy", [(500000, "cap")], [(0.3, "fixed")], ["区财政局"]),
    ]
    assert notice.validity.valid_until is not None
    assert notice.validity.valid_until.isoformat() == "2025-12-31"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    check(saved(tmp_path, "notice.txt", files.TEXT.encode(encoding)))


def test_markdown(tmp_path: Path) -> None:
    lines = files.TEXT.splitlines()
    body = f"# {lines[0]}\n\n{lines[1]}\n\n" + "\n\n".join(f"**{x[:2]}**{x[2:]}" for x in lines[2:])
    check(saved(tmp_path, "notice.md", body.encode()))


def test_html_without_navigation_and_scripts(tmp_path: Path) -> None:
    body = "".join(f"<p>{line}</p>" for line in files.TEXT.splitlines())
    page = (
        "<!DOCTYPE html><html><head><title>x</title><script>奖励100万元</script></head><body>"
        f"<nav>首页</nav><div>{body}</div><div style='display: none'>给予99万元奖励</div></body></html>"
    )
    check(saved(tmp_path, "notice.html", page.encode()))


def test_html_table_of_hotlines(tmp_path: Path) -> None:
    page = (
        "<html><body><p>一、奖励。给予10万元奖励。</p><table><tr><th>政策名称</th><th>责任单位</th><th>联系人</th><th>联系电话</th></tr>"
        "<tr><td>奖励</td><td>区经信局</td><td>某科</td><td>12345678</td></tr></table></body></html>"
    )
    notice = read_file(saved(tmp_path, "a.html", page.encode()))
    assert [(c.policy, c.department, c.person, c.phone) for c in notice.contacts] == [
        ("奖励", "区经信局", "某科", "12345678")
    ]
    assert len(notice.tables) == 1


def test_docx(tmp_path: Path) -> None:
    body = "".join(files.paragraph(line) for line in files.TEXT.splitlines())
    check(saved(tmp_path, "notice.docx", files.docx(body)))


def test_docx_with_automatic_numbering_and_table(tmp_path: Path) -> None:
    def numbered(level: int) -> str:
        return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'

    levels = (
        '<w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = (
        files.paragraph("支持企业上规", numbered(0))
        + files.paragraph("上规奖励。给予10万元奖励。", numbered(1))
        + files.paragraph("做大奖励。给予20万元奖励。", numbered(1))
        + files.paragraph("支持企业创新", numbered(0))
        + files.paragraph("研发补助。按研发投入的5%给予补助。", numbered(1))
        + files.table([["事项", "责任单位", "联系人", "电话"], ["上规奖励", "区经信局", "甲", "66230000"]])
    )
    notice = read_file(saved(tmp_path, "notice.docx", files.docx(body, levels)))
    assert [(m.ordinal, m.heading.text, m.path) for m in notice.measures] == [
        ("（一）", "上规奖励", ("一、支持企业上规",)),
        ("（二）", "做大奖励", ("一、支持企业上规",)),
        ("（一）", "研发补助", ("二、支持企业创新",)),
    ]
    assert [c.phone for c in notice.contacts] == ["66230000"]


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_chinese_counting(number: int, text: str) -> None:
    assert numbering.render(number, "chineseCounting") == text


def test_pdf_joins_lines_and_drops_headers_and_page_numbers(tmp_path: Path) -> None:
    def page(number: int, lines: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
        return [(200.0, 40.0, "某区政策汇编"), *lines, (290.0, 800.0, f"- {number} -")]

    width = 34  # characters of 12 points between the margins
    long = "一、上规奖励。对首次上规的企业给予10万元奖励，用于企业扩大生产、更新设备、引进人才和开拓市场。（责任单位：区经信局）"
    first, rest = long[:width], long[width:]
    second = "二、贷款贴息。按贷款利率的30%给予贴息，每户每年不超过50万元。（责任单位：区财政局）"
    data = files.pdf(
        [
            page(
                1,
                [
                    (180, 100, "关于支持企业发展的若干措施"),
                    (220, 130, "某政发〔2023〕6号"),
                    (96, 160, first),
                    (72, 185, rest),
                ],
            ),
            page(2, [(96, 100, second[: width - 2]), (72, 125, second[width - 2 :])]),
            page(3, [(96, 100, "本措施自发布之日起施行，有效期至2025年12月31日。")]),
        ]
    )
    path = saved(tmp_path, "notice.pdf", data)
    check(path)
    notice = read_file(path)
    assert "某区政策汇编" not in notice.text
    assert "- 2 -" not in notice.text
    assert len(notice.pages) == 3
    assert notice.place(notice.measures[1].heading.span).startswith("第2页")


def test_a_centred_line_of_a_pdf_does_not_run_on(tmp_path: Path) -> None:
    lines = [
        (180.0, 80.0, "某区支持企业若干措施"),
        (220.0, 105.0, "某政规〔2024〕3号"),
        (72.0, 130.0, "一、开拓奖励。对参展企业给予3万元奖励。"),
    ]
    notice = read_file(saved(tmp_path, "notice.pdf", files.pdf([lines])))
    assert notice.document_number is not None
    assert notice.document_number.text == "某政规〔2024〕3号"
    assert [m.heading.text for m in notice.measures] == ["开拓奖励"]


def test_scanned_pdf_is_recognised_and_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(ScannedDocument, match=r"扫描件.*OCR"):
        read_file(saved(tmp_path, "scan.pdf", files.pdf([[], []], picture=True)))


def test_encrypted_pdf(tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.pdf([[(72, 100, "给予10万元奖励")]]))))
    writer.encrypt("secret")
    stream = io.BytesIO()
    writer.write(stream)
    with pytest.raises(UnreadableFile, match="密码"):
        read_file(saved(tmp_path, "locked.pdf", stream.getvalue()))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", "空的"),
        ("blank.txt", b" \n\t\n", "没有文字"),
        ("broken.pdf", b"%PDF-1.7\n%garbage", "PDF"),
        ("liar.pdf", b"hello", "内容却不是"),
        ("broken.docx", b"PK\x03\x04broken", "损坏"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n0000", "图片"),
        ("program.docx", b"MZ\x90\x00", "内容却不是"),
        ("program.txt", b"MZ\x90\x00", "程序"),
        ("binary.txt", bytes(range(32)) * 200, "不是文字"),
        ("script.html", b"<html><body><script>x</script></body></html>", "没有文字"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(ReaderError, match=message):
        read_file(saved(tmp_path, name, data))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="找不到"):
        load(tmp_path / "none.txt")
    with pytest.raises(ReaderError, match="文件夹"):
        load(tmp_path)


def test_zip_bomb_in_docx(tmp_path: Path) -> None:
    bomb = files.docx(files.paragraph("零" * 30_000_000))
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableFile, match="压缩炸弹"):
        read_file(saved(tmp_path, "bomb.docx", bomb))


def test_docx_entities_are_not_resolved(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "word/document.xml",
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document'
            ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            "<w:t>给予10万元奖励 &a;</w:t></w:r></w:p></w:body></w:document>",
        )
    assert "root:" not in load(saved(tmp_path, "x.docx", stream.getvalue())).text


def test_old_word_without_converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert office.converter() is None
    with pytest.raises(ConverterMissing, match="另存为 docx"):
        read_file(saved(tmp_path, "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600))


def test_converter_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice"
    program.write_text(f"#!{shutil.which('sh')}\nexec {shutil.which('sleep')} 30\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "TIMEOUT_SECONDS", 0.5)
    with pytest.raises(ConverterMissing, match="没有转换完"):
        read_file(saved(tmp_path, "old.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600))


_HOTLINES = [
    ["序号", "政策名称", "牵头单位", "服务人员", "服务热线"],
    ["1", "上规奖励", "区经信局", "某某", "60000001"],
    ["2", "贷款贴息", "区财政局", "某某", "60000002"],
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one notice in every format, written by the real LibreOffice.

    Without it these tests skip and say so; with BABASHI_REQUIRE_OFFICE=1 its absence is a failure.
    """
    program = office.converter()
    if program is None:
        missing = "LibreOffice is missing, old formats are not tested (Debian: libreoffice-writer-nogui)"
        if os.environ.get("BABASHI_REQUIRE_OFFICE") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("office")
    (folder / "notice.rtf").write_text(files.rtf(files.TEXT.splitlines(), _HOTLINES), encoding="ascii")
    for suffix in ("doc", "odt", "docx", "pdf"):
        subprocess.run(
            [program, "--headless", f"-env:UserInstallation=file://{folder}/profile",
             "--convert-to", suffix, "--outdir", str(folder), str(folder / "notice.rtf")],
            check=True, timeout=120, capture_output=True,
        )  # fmt: skip
    (folder / "notice.wps").write_bytes((folder / "notice.doc").read_bytes())
    return folder


@pytest.mark.parametrize("suffix", ["doc", "wps", "rtf", "odt", "docx", "pdf"])
def test_what_an_office_program_saved(converted: Path, suffix: str) -> None:
    path = converted / f"notice.{suffix}"
    check(path)
    rows = [(c.policy, c.department, c.phone) for c in read_file(path).contacts]
    assert rows == [("上规奖励", "区经信局", "60000001"), ("贷款贴息", "区财政局", "60000002")]


def test_a_damaged_old_file_is_refused(tmp_path: Path, converted: Path) -> None:
    data = (converted / "notice.doc").read_bytes()
    path = saved(tmp_path, "damaged.doc", data[:600] + b"\0" * (len(data) - 600))
    with pytest.raises(UnreadableFile, match="损坏"):
        read_file(path)


def test_a_row_number_at_the_head_of_a_page_is_no_page_number(tmp_path: Path) -> None:
    """One page begins with the 3 of a table's row, the others with text: nothing is left out."""
    pages = [
        [(72, 100, "一、甲奖励。给予首次上规的企业10万元奖励。"), (72, 130, "联系电话：")],
        [(72, 100, "3"), (72, 130, "丙热线")],
        [(72, 100, "特此通知。"), (72, 130, "2023年5月1日")],
    ]
    assert "\n3\n" in load(saved(tmp_path, "rows.pdf", files.pdf(pages))).text
    numbered = [[(72, 80, str(n)), *lines] for n, lines in enumerate(pages, 1)]
    assert "\n2\n" not in load(saved(tmp_path, "numbered.pdf", files.pdf(numbered))).text
