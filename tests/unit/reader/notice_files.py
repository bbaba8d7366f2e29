"""Small files in every format, made in memory."""

from __future__ import annotations

import io
import zipfile

TEXT = (
    "关于支持企业发展的若干措施\n某政发〔2023〕6号\n一、上规奖励。对首次上规的企业给予10万元奖励。（责任单位：区经信局）\n"
    "二、贷款贴息。按贷款利率的30%给予贴息，每户每年不超过50万元。（责任单位：区财政局）\n本措施自发布之日起施行，有效期至2025年12月31日。\n"
)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(document: str, numbering: str = "", compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .docx whose body is ``document``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_W}"><w:body>{document}</w:body></w:document>',
        )
        if numbering:
            archive.writestr(
                "word/numbering.xml",
                f'<?xml version="1.0" encoding="UTF-8"?><w:numbering xmlns:w="{_W}">{numbering}</w:numbering>',
            )
    return stream.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A Word paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(rows: list[list[str]]) -> str:
    """A Word table."""
    cells = ["".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def rtf(lines: list[str], rows: list[list[str]]) -> str:
    """An .rtf document of paragraphs and a ruled table."""

    def escaped(text: str) -> str:
        return "".join(c if c.isascii() else f"\\u{ord(c) - 65536 * (ord(c) > 32767)}?" for c in text)

    body = "".join(rf"\pard {escaped(line)}\par" + "\n" for line in lines)
    for row in rows:
        ruled = "".join(rf"\clbrdr{side}\brdrs\brdrw10" for side in "tlbr")
        edges = "".join(rf"{ruled}\cellx{1500 * (i + 1)}" for i in range(len(row)))
        body += rf"\trowd{edges}" + "".join(rf"\pard\intbl {escaped(c)}\cell" for c in row) + "\\row\n"
    return r"{\rtf1\ansi\ansicpg936\uc1 " + "\n" + body + "}"


def pdf(pages: list[list[tuple[float, float, str]]], *, picture: bool = False) -> bytes:
    """A PDF with Chinese text in a standard font; each page is a list of (x, y from the top, text), 12 points."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 5 0 R >>"
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900]"
            b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
        ),
        (
            b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
            b"\nstream\n\x80\nendstream"
        ),
    ]
    kids: list[bytes] = []
    for lines in pages:
        content = b"".join(
            f"BT /F1 12 Tf 1 0 0 1 {x} {842 - y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n".encode()
            for x, y, text in lines
        )
        if picture:
            content += b"q 595 0 0 842 0 0 cm /I1 Do Q\n"
        number = len(objects) + 1
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> /XObject << /I1 6 0 R >> >> >>" % (number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(b"%d 0 R" % number)
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _assembled(objects)


def _assembled(objects: list[bytes]) -> bytes:
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()
