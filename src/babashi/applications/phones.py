"""What was typed as a telephone number: can anybody call it?"""

import re
import unicodedata
from typing import Final

MESSAGE: Final = "联系电话应为电话号码，例如 13800000000、023-66230000 转 801；几个号码用“、”隔开"

_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_BETWEEN: Final = re.compile(r"[、,，;；/]")
_NUMBER: Final = re.compile(r"(\+?[0-9 ()-]+?)(?:转 *[0-9]{1,6})?", re.ASCII)
_DIGITS: Final = range(
    5, 21
)  # 12345 is the shortest that one calls; with country and area code never above 20


def phone_problem(text: str) -> str:
    """What to write instead, or nothing for one or several numbers, each with or without an extension."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    for one in _BETWEEN.split(plain):
        found = _NUMBER.fullmatch(one.strip())
        if found is None or sum(sign.isdigit() for sign in found[1]) not in _DIGITS:
            return MESSAGE
    return ""
