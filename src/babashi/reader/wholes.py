"""Shares that notices write in words: 全额补贴, 全免, 等额配套, 减半, 一半."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from babashi.reader.context import sentence_bounds
from babashi.reader.model import Rate, RateRole
from babashi.reader.paragraphs import Paragraph

_GIVEN: Final = (
    r"奖励|奖补|补贴|补助|补偿|返还|贴息|贴补|资助|减免|承担|负担|负责|代缴|兜底|保障|支持|扶持|报销|退还|退税|救助"
    r"|免除|免收|赔付|代偿"
    r"|配套(?![费设])|抵[用扣]|税前扣除|买单|埋单|拨给|划拨给|拨付给|奖|补"
)
_COST: Final = r"租金|房租|费用?|保费|利息|(?:责任|意外|保)险|留成部分|贡献"
_FULL: Final = re.compile(
    rf"(?<!兑现)(?<!兑付)(?<!拨付)(?<!发放)(?<!已)全额(?:留抵)?(?!退回|追|收回|缴回|扣"
    rf"|保函)[^，。；\d]{{0,8}}?(?:{_GIVEN})"
    rf"|(?:{_COST})[^，。；\d]{{0,6}}?全部(?:给予)?(?:{_GIVEN}|由[^，。；]{{1,12}}承担)"
    rf"|(?:[费苗险券材品]用?|部分|所需(?:资金|经费)|支出|利息)[^，。；\d]{{0,4}}，?(?:全部|全额|均|一律)?由[^，。；\d]{{1,12}}(?:全部|全额|全数|足额)(?:{_GIVEN}|支付)"
    rf"|(?:[费苗险券材品]用?|部分|支出|利息)[^，。；\d]{{0,4}}(?:全部|全额|全数)由[^，。；\d]{{1,12}}(?:{_GIVEN}|支付|解决)"
    rf"|(?<!除)(?<!令)(?<!应)(?<!须)(?:如数|全数|悉数|照数)(?:给予)?(?:返还|退还|退税|补[贴助]|奖励|减免|报销|承担)|税前全额扣除"
    rf"|(?:给予|享受)全部(?:补[贴助]|减免|返还|报销)"
    rf"|全部退还[^，。；\d]{{0,30}}(?:税款|税额|[得值费]税|租金|保费|费用?)"
    rf"|(?:补[贴助]|奖励|返还|退还)(?:其)?全部[^，。；\d]{{0,10}}(?:{_COST})"
    rf"|(?:租金?|房租|费用?|部分|税款?|租费|利息)[^，。；\d]{{0,6}}(?:全免|全部(?:减免|免)|全额免|全数免)"
    rf"|(?:的|年度?|月|期)(?:内)?(?:全免(?!费)|全部(?:减免|免(?!费)))"
    rf"|全免[^，。；\d]{{0,6}}(?:租金|房租|费)|(?:[租电费网带]|场地|用房)全部免费"
    rf"|全部[^，。；\d]{{0,8}}(?:(?<!经)费用?|投资|支出|成本)[^，。；\d]{{0,6}}由[^，。；]{{1,14}}(?:承担|负担|支付|出资)"
    r"|(?:补[贴助]|救助|资助|报销|减免)[^。；\d]{0,30}(?:家庭|人员|对象|[户者生人]|的)全额(?=[，、；。])"
    r"|(?:部分|留成|税收|收益|得|贡献)[^，。；\d]{0,4}的?(?:全部|全额)，?用于(?:扶持|支持|奖励|补[贴助])"
    r"|全额免[征收缴]"
    rf"|部分全部(?:给予|由[^，。；]{{1,12}})?(?:{_GIVEN})"
    r"|(?:[等同]额|同等(?:金额|额度|数额))的?(?:给予)?(?:资金|现金)?(?:配套|匹配|奖励)"
)
# 应全额退还已享受的补贴: the beneficiary gives back
_GIVES_BACK: Final = re.compile(
    r"(?:退还|返还)[^，。；]{0,12}(?:已|所获|所得|奖励|奖金|补[助贴]|资金|扶持款?)"
)
_HALF: Final = re.compile(
    r"(?<![一二两三五])减半(?:征收|收取|缴纳|征|收|返还|免除|资助|补贴|补助|奖励|给予|执行|支付|缴|减免"
    r"|扣除|享受)"
    r"|(?:[层级类等]|比例|的|部分|年度?|一律|个月|[租资奖]金|[房场店摊]租|补[贴助]|奖励|标准|[费税款](?:用|额)?|价)"
    r"(?:[^，。；、\d（）]{0,5}?(?:年|月|期)?)?(?:[各均]|统一)?减半(?=[，。；、）]|$)"
    r"|[；，](?!其|各|另|一方)[^，。；、\d三两五]{2,14}(?<![间限时本员位人数额])减半(?=[，。；）]|$)"
    r"|(?:减免|减收|免收|免除|[士科历生员人者户]免|返还|补[贴助偿]?|奖励?|(?<!各)(?<!各自)(?:承担|负担)|按|优惠|资助|贴息|报销|退还|收费?|收取|免|减"
    r"|给予)(?:(?![兑拨享]|支付|发放)[^，。；\d]){0,20}(?<!不足)(?<!超过)一半(?!以[上下])"
    r"|(?<!按)(?<!以)(?<!不足)半价(?![购买])"
)
# 最高给予担保费全额补贴
_AT_MOST: Final = re.compile(r"(?:最高|最多|不超过)(?:可|给予|按|享受)?[^，。；\d]{0,6}$")
_SAME: Final = 24  # characters: a sentence that stands twice in an item (内容, then 标准) grants once


def _is_exception(text: str, match: re.Match[str]) -> bool:
    """（属于…的项目减半奖励）: in brackets, half of the reward for a case that deserves less."""
    inside = re.search(r"（[^（）]{0,40}$", text[max(0, match.start() - 42) : match.start()])
    return match[0].startswith("减半") and inside is not None and "年" not in inside[0]


def find_wholes(paragraphs: Iterable[Paragraph], raw: str) -> list[Rate]:
    """Whole and half shares of the paragraphs; the same words are one grant."""
    found: dict[tuple[str, str], Rate] = {}
    for paragraph in paragraphs:
        text = paragraph.text
        for pattern, value in ((_FULL, Decimal(1)), (_HALF, Decimal("0.5"))):
            for match in pattern.finditer(text):
                if text[sentence_bounds(text, match.start())[1] :][:1] == "？":
                    continue
                if _GIVES_BACK.match(text, match.end() - 2) or _is_exception(text, match):
                    continue
                span = paragraph.view.span(*match.span())
                before = text[max(0, match.start() - _SAME) : match.start()]
                capped = "不超过" in match[0] or _AT_MOST.search(before) is not None
                role: RateRole = "cap" if capped else "fixed"
                rate = Rate(value, role, "", raw[span.start : span.end], span, 0.8)
                found.setdefault((match[0], before), rate)
    return list(found.values())
