"""Invented names, contacts and codes that can't be mistaken for real ones."""

from __future__ import annotations

from typing import Final

from babashi.demo.draws import Draws
from babashi.demo.trades import Trade
from babashi.register_io.codes import USCC_ALPHABET, organisation_check_character, uscc_check_character

SYNTHETIC_SUFFIX: Final = "（合成）"
"""Ends every name, so that it says what it is wherever it is shown or exported."""

_AUTHORITY: Final = "0"
"""No registration authority has this code (GB 32100-2015 gives out 1 to 9, A, N and Y)."""
_ORGANISATION: Final = "XX"
"""Beginning of every synthetic organisation code; its letters keep spreadsheets from reading a number."""
_SERIALS: Final = 31**6
_STRIDE: Final = 570_000_019
"""Prime to 31, so that walking by it meets each serial once."""

_FIRST: Final = "渝巴南江川嘉金鸿瑞恒众德信华盛博宏泰安兴永和远腾凯创新智云天启元正荣达"
_SECOND: Final = "昌隆丰源诚辉祥康捷通力科达业邦杰峰耀森海洋宇星辰海岚禾沐霖屿澜翎桥岭"
_THIRD: Final = ("", "", "", "", "", "", "源", "特", "美", "乐", "嘉", "润")
_PLACES: Final = ("重庆", "重庆", "重庆", "重庆市巴南区", "重庆巴南", "重庆市")
_TOWNS: Final = ("鱼洞", "李家沱", "龙洲湾", "花溪", "界石", "南泉", "木洞", "一品", "惠民", "东温泉")
_FORMS: Final = ("有限公司", "有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "有限公司")
_SHOPS: Final = ("店", "经营部", "商行", "馆", "铺")
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹"


def uscc_of(seed: int, index: int) -> str:
    """Code of the enterprise with that number: valid check characters, an authority that doesn't exist.

    Different numbers (below 887 million) never share a code.
    """
    serial = (index * _STRIDE + seed * 7_919) % _SERIALS
    letters = ""
    for _ in range(6):
        serial, digit = divmod(serial, 31)
        letters = USCC_ALPHABET[digit] + letters
    organisation = _ORGANISATION + letters
    body = f"{_AUTHORITY}1500113{organisation}{organisation_check_character(organisation)}"
    return body + uscc_check_character(body)


def is_synthetic_uscc(code: str) -> bool:
    """Whether a code is from the range that only the generator uses."""
    return code.startswith(_AUTHORITY) and code[8:10] == _ORGANISATION


def name_of(draws: Draws, kind: str, trade: Trade) -> str:
    """A believable name of an enterprise, one-person business, park or other body."""
    mark = draws.one_of(_FIRST) + draws.one_of(_SECOND) + draws.one_of(_THIRD)
    word = draws.one_of(trade.words)
    if kind == "个体工商户":
        plain = f"巴南区{draws.one_of(_TOWNS)}{mark}{word}{draws.one_of(_SHOPS)}"
    elif kind == "园区":
        plain = f"重庆{mark}{word}"
    elif kind == "其他":
        plain = f"重庆市巴南区{mark}{word}"
    else:
        plain = f"{draws.one_of(_PLACES)}{mark}{word}{draws.one_of(_FORMS)}"
    return plain + SYNTHETIC_SUFFIX


def contact_of(draws: Draws, index: int) -> tuple[str, str, str]:
    """Name, telephone and e-mail of a contact: an area code and a domain that can't exist."""
    name = f"{draws.one_of(_SURNAMES)}某"
    return name, f"000-{index % 100_000_000:08d}", f"contact-{index}@example.invalid"
