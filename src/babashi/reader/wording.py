"""One wording for what notices write in several ways, so that patterns need to know only one.

``给与`` and ``予以`` read as ``给予``, ``人民币20万元`` as ``20万元``, ``贰拾万元`` and ``一万五千元`` as
``20万元`` and ``15000元``, ``百分之五十`` and ``五成`` as ``50%``. Only what patterns see changes: every
character still knows its place in the source, and quotes are cut from there.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babashi.reader import numerals
from babashi.reader.text import View

_CN: Final = numerals.CHARACTERS
_NUMBER: Final = rf"[{_CN}]{{1,9}}"
# 一万五千元, 3万5千元: a sum in two steps
_MIXED: Final = (
    rf"(?<![\d.{_CN}])(?:[{_CN}]{{1,7}}亿[{_CN}万]{{1,12}}|[{_CN}]{{1,7}}万[{_CN}]{{1,7}}"
    r"|\d{1,4}万\d[千百])(?=元)"
)
_REWORDED: Final = re.compile(
    r"(?P<give>予以|给与|给于|给以)"
    rf"|(?P<mixed>{_MIXED})"
    r"|(?P<tenths>(?<![一二三四五六七八九十百千第两\d])[一二两三四五六七八九]成[半五]?"
    r"(?![立为员本果功交品长熟套年新败人都因份语分型]))"
    rf"|(?P<points>(?<![{_CN}])[一二两三四五六七八九十]{{1,3}}(?=个百分点))"
    rf"|(?P<cap>不(?:得|能|可|应)?(?:高于|突破|超出|大于|多于|逾)|不(?:得|能|可|应|予)超过"
    rf"|不(?:得|能|可|应)?超(?![过出]))(?=[^，。；]{{0,8}}[\d{_CN}])"
    rf"|(?P<floor>不(?:得|能|可|应)?(?:少于|小于)|不(?:得|能|可|应)低于)(?=[^，。；]{{0,8}}[\d{_CN}])"
    r"|(?P<cents>(?<![花收拿付交掏要出缴赚])(?:[一二两三四五六七八九]|(?<![\d.])\d(?:\.\d)?)(?:分钱|角钱|角(?=[，。；、）]))"
    r"|(?<=人民币)(?:[一二两三四五六七八九]|\d(?:\.\d)?)[分角](?=[，。；、）]))"
    rf"|(?P<limit>(?<=[助贴励计额])不过(?=[\d{_CN}]))"
    r"|(?P<over>(?<=满)(?P<full>\d{2,6})元?(?:立?减)(?P<less>\d{1,5})(?![\d.万%元]))"
    r"|(?P<off>(?<![一二三四五六七八九十\d.])(?:[1-9]\d?(?:\.\d)?|[一二三四五六七八九]{1,2})折"
    r"(?![旧算合抵叠页线扣返让成为射通桌床]|优惠政策)(?!(?:（含）|及)?以[上下]))"
    r"|(?P<single>单(?=[台辆套件艘架张]))"
    r"|(?P<versus>(?<![\d.])[\d一二两三]比[\d一二两三](?:\.\d)?(?=的?(?:比例|标准|配套|给予|奖|补)))"
    rf"|(?P<currency>（?(?:人民币|RMB)）?(?=(?:约|共|合计)?(?:\d|{_NUMBER}(?:万亿|万|亿)?元))"
    rf"|(?<=元)（?(?:人民币|RMB)）?)"
    rf"|(?P<share>(?P<base>[百千])分之(?P<value>{_NUMBER}(?:点{_NUMBER})?|\d{{1,3}}(?:\.\d{{1,4}})?))"
    rf"|(?P<money>(?<![\d.]){_NUMBER}(?:(?:(?:万|亿)?元?(?:至|到|-|~|、|和|或"
    rf"|及)){_NUMBER}){{0,9}})(?=(?:万亿|万|亿)?元)"
)
_ONE_WORD: Final = {"give": "给予", "cap": "不超过", "limit": "不超过", "floor": "不低于", "single": "每"}
_PER: Final = {"百": "%", "千": "‰"}


def _digits(text: str) -> str | None:
    """A Chinese numeral in Arabic digits; text that is none stays as it is printed."""
    whole, point, rest = text.partition("点")
    value = numerals.parse(whole)
    if value is None or value == 0 or whole in {"两", "俩"}:
        return None
    decimals = [numerals.parse_int(d) for d in rest]
    return f"{value}" + (point and "." + "".join(str(d or 0) for d in decimals))


def _in_yuan(text: str) -> str:
    """``2分钱`` as ``0.02元``."""
    number = re.sub(r"[分角钱]", "", text).replace("两", "二")
    value = Decimal(number if number[0].isdigit() else _digits(number) or number)
    return f"{value / (100 if '分' in text else 10)}元"


def _whole_sum(text: str) -> str | None:
    """``一万五千`` and ``1万5千`` as ``15000``."""
    if text[0].isdigit():
        whole, rest = text.split("万")
        return f"{int(whole) * 10_000 + int(rest[:-1]) * (1000 if rest.endswith('千') else 100)}"
    value = numerals.parse(text)
    return None if value is None else f"{value}"


def _tenths(text: str) -> str:
    """``三成`` as ``30%``, ``三成半`` as ``35%``."""
    value = (numerals.parse_int(text[0]) or 0) * 10 + (5 if len(text) > 2 else 0)
    return f"{value}%"


def _reduced(text: str) -> str:
    """``八五折`` as ``85%``: what is left of a price; the price comes before it."""
    number = text[:-1]
    if not number[0].isdigit():
        number = "".join(str(numerals.parse_int(digit)) for digit in number)
    value = Decimal(number) * (10 if len(number.partition(".")[0]) == 1 else 1)
    return f"{value.normalize():f}%折"


def _rewording(match: re.Match[str]) -> str:
    for name, word in _ONE_WORD.items():
        if match[name]:
            return word
    if match["currency"]:
        return ""
    if match["off"]:
        return _reduced(match["off"])
    if match["over"]:
        return f"{match['full']}元减{match['less']}元"
    if match["cents"]:
        return _in_yuan(match["cents"])
    if match["mixed"]:
        return _whole_sum(match["mixed"]) or match[0]
    if match["tenths"]:
        return _tenths(match["tenths"])
    if match["points"]:
        return _digits(match["points"].replace("两", "二")) or match[0]
    if match["versus"]:
        return "：".join(_digits(part) or part for part in match["versus"].replace("两", "二").split("比"))
    if match["share"]:
        value = match["value"]
        number = value if value[0].isdigit() else _digits(value)
        return f"{number}{_PER[match['base']]}" if number else match[0]
    return re.sub(_NUMBER, lambda m: _digits(m[0]) or m[0], match["money"])


def canonical(view: View) -> View:
    """The view in the one wording. A reworded stretch spans the same stretch of the source."""
    chars: list[str] = []
    offsets: list[int] = []
    moved: list[tuple[int, int]] = []  # (old position, new position) behind each reworded stretch
    done = 0
    for match in _REWORDED.finditer(view.text):
        start, end = match.span()
        new = _rewording(match)
        if new == match[0]:
            continue
        chars.append(view.text[done:start])
        offsets += view.offsets[done:start]
        chars.append(new)
        offsets += _spread(view.offsets[start:end], len(new))
        moved.append((end, len(offsets)))
        done = end
    if not moved:
        return view
    chars.append(view.text[done:])
    offsets += view.offsets[done:]
    return View("".join(chars), tuple(offsets), _moved(view.gaps, moved))


def _spread(places: tuple[int, ...], length: int) -> list[int]:
    """Places for ``length`` characters that begin and end where the old ones do."""
    if length == 0:
        return []
    last = len(places) - 1
    return [places[min(i, last)] for i in range(length - 1)] + [places[-1]]


def _moved(gaps: frozenset[int], moved: list[tuple[int, int]]) -> frozenset[int]:
    result: set[int] = set()
    for gap in gaps:
        old, new = next(((o, n) for o, n in reversed(moved) if o <= gap), (0, 0))
        result.add(new + gap - old)
    return frozenset(result)
