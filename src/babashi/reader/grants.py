"""Does a text grant a concrete benefit? Used to tell measures from procedure, definitions and appeals."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader.cues import GRANT_NOUN

# Headings of items that rule on something else than a benefit.
NOT_MEASURES: Final = re.compile(
    r"^(?:(?:总体|基本|工作|指导|主要|发展|建设|有关|其他|相关|工作目标|具体)?(?:要求|目标|思想|原则|任务|事项|规定|说明)"
    r"|总则|附则|目的(?:和|与)?依据|依据|名词解释|术语|定义|适用(?:范围|对象)|施行日期|实施日期|生效|解释(?:权|部门)?|制定目的|"
    r"(?:加强|强化|健全|完善|压实|严格|落实|严肃)?(?:组织(?:领导|实施|保障|协调|推进|机制)|保障措施|监督(?:管理|检查|考核|问责)?|责任(?:落实|分工|追究)|统筹协调|"
    r"督(?:导|查|促)(?:检查|落实|考核)?|跟踪问效|绩效(?:评价|管理|考核|评估)?|宣传(?:引导|解读|推广|到位)?|政策(?:宣传|宣贯|衔接|解读|兑现|解释|评估)|"
    r"资金(?:管理|监管|来源|保障|拨付|渠道|使用|兑现|监督|筹措)|诚信(?:管理|承诺)|信用(?:管理|约束)|兑现(?:流程|程序|方式)|纪律|工作(?:机制|要求|保障)|职责分工)"
    r"|(?:申报|申请|审批|审核|认定|办理|兑付|兑现|拨付|发放|受理|评审|操作|工作|补贴发放|资金)(?:的)?(?:程序|流程|材料|时间|期限|时限|方式|渠道|要求|步骤|资料|地点|须知)"
    r"|(?:申报|申请|享受|扶持|支持|奖励|补贴|补助|基本|认定|准入|资助|适用|贷款|限制)?(?:对象|条件|范围|主体|资格)(?:及条件|和条件|与条件|及范围|和范围|及要求)?$"
    r"|联系(?:方式|人|电话)|咨询(?:电话|方式)|(?:注意|其他)事项|(?:责任|牵头|实施|受理|办理|配合)(?:单位|部门|科室)|政策依据|有效期|执行(?:期限|时间)|实施期限|附件|监督举报|法律责任|特别说明|除外(?:情形|条款)|限制(?:条款|条件))"
)
FACET: Final = re.compile(
    r"^(?:政策|支持|扶持|补贴|补助|奖励|申报|申请|享受|适用|资助|认定|发放|兑现|办理|贷款|执行|实施|受理|责任|牵头|配合|咨询|联系|服务|资金|主要|培训|保障|贴息|基本)*"
    r"(?:对象|范围|条件|标准|内容|材料|程序|流程|方式|时间|时限|期限|渠道|依据|要求|主体|资料|单位|部门|电话|额度|金额|科室|地点|网址|说明|途径|类型|比例|待遇|责任|有效期|热线|人)"
    r"(?:[和及与、].{1,8})?$"
)
POSITIVE_FACET: Final = re.compile(r"标准|内容|额度|金额|待遇|比例|政策|措施|方式")

_VERB: Final = re.compile(
    rf"给予|予以|奖励|奖补|补助|补贴|资助|贴息|返还|发放|奖|补偿|配套|报销|兑现|支持|扶持|享受|安排|减免|按照?|最高|{GRANT_NOUN}"
)
_CONCRETE: Final = [
    re.compile(pattern)
    for pattern in (
        r"(?:给予|予以|享受|发放|落实)(?!支持|重点|优先|适当倾斜|倾斜|政策)[^，。；]{0,40}?(?:奖励|补助|补贴|资助|贴息|奖补|补偿|返还|减免|津贴|经费|资金支持|资金扶持|奖金|优惠)",
        r"免征|减征|减免|免收|免缴|减半|全免|免除|缓缴|缓征|退税|即征即退|先征后返|加计扣除|税前(?:一次性)?扣除|减按|延期(?:缴纳|还本|还款|申报|付息)|不收取|免租|停征|免费(?:参加|提供|享受|开展|使用|培训|入驻|发放|为|开放|检测|寄递|乘坐|停车|代办|申领)",
        r"发放[^，。；]{0,16}(?:券|补贴|补助|红包)",
        r"(?:可|可以|均可|能够|可按规定)(?:申请|享受|申领|获得|领取)[^，。；]{0,30}(?:补贴|补助|奖励|资助|扶持|优惠|减免|贴息|返还)",
        r"(?:按|按照)[^，。；]{0,30}(?:给予|发放|予以|实行|享受|进行)[^，。；]{0,20}(?:奖励|补助|补贴|资助|贴息|奖补|补偿|返还|支持)",
        r"(?:降低|下调|降至|减低)[^，。；]{0,16}(?:费率|收费标准|保证金|电价|气价|水价|担保费|利率)",
        r"(?:保费|保险费|租金|培训费|利息|电费|运费|物流费|展位费|检测费|认证费)[^，。；]{0,8}(?:补贴|补助|全额|由[^，。；]{1,12}承担)",
        r"稳岗返还|留抵退税|以工代训|欠费不停供|无还本续贷|应急转贷|风险补偿|不停供|展期",
        r"(?:提供|发放|给予)[^，。；]{0,24}(?:信用贷款|免抵押|低息贷款|无息贷款|贴息贷款|转贷)",
    )
]
_SOFT: Final = re.compile(
    r"^(?:[^，。；]{0,12})(?:不得|严禁|应当|须|需|已|曾|未|如|若|重复|骗取|停止|取消|追回|收回|违规|申请)"
)
_DEFINES: Final = re.compile(r"所称[^。]{1,40}(?:是指|包括|为)|(?:是|系)指")
_NEGATIVE_SENTENCE: Final = re.compile(
    r"不再(?:给予|享受|重复)|不予|不得(?:享受|申请|重复)|取消|追回|追缴|收回|退回|骗取|弄虚作假|列入[^。]{0,8}(?:名单|预算)|所称|是指"
    r"|就高|从高|不重复|另有规定|资金来源|纳入[^，。]{0,8}预算|公示|提交|审核|材料|应承诺|鼓励其他|鼓励各|鼓励业主|研究制定|探索|按规定执行$"
)
_TRAINS: Final = re.compile(r"开展[^。；]{0,60}培训|培训[^。；]{0,12}人次|组织[^。；]{0,24}(?:培训|研修)|免费培训")


def concrete(text: str) -> bool:
    """Whether some sentence grants something tangible without needing a figure."""
    for sentence in re.split(r"[。；！]", text):
        if not sentence or _NEGATIVE_SENTENCE.search(sentence):
            continue
        if any(pattern.search(sentence) for pattern in _CONCRETE):
            return True
    return False


def trains(heading: str, text: str) -> bool:
    """A training programme for named people: the heading is about it and the text runs it."""
    return "培训" in heading and bool(_TRAINS.search(text))


def gives(text: str) -> bool:
    """Whether the text has a granting verb at all."""
    return bool(_VERB.search(text))


def defines(text: str) -> bool:
    """Whether the text defines a term instead of granting something."""
    return bool(_DEFINES.search(text[:60]))
