"""The name under which an upload is kept: harmless, readable, with the ending that its content has. Pure."""

import re
import unicodedata

MAX_NAME = 120
_ENDINGS = {
    "jpg": (".jpg", ".jpeg"),
    "doc": (".doc", ".wps"),
    "xls": (".xls", ".et"),
    "ppt": (".ppt", ".dps"),
}
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


def safe_name(name: str, kind: str) -> str:
    """``../../etc/年报.exe`` that is a PDF becomes ``年报.exe.pdf``."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # format characters can turn the reading direction around, so that gpj.exe looks like exe.jpg
    name = "".join(
        c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    name = _FORBIDDEN.sub("_", name).strip(" .")
    endings = _ENDINGS.get(kind, (f".{kind}",))
    ending = next((end for end in endings if name.lower().endswith(end)), "")
    stem = name[: len(name) - len(ending)].strip(" .") if ending else name
    ending = ending or endings[0]
    return f"{(stem or '未命名')[: MAX_NAME - len(ending)]}{ending}"
