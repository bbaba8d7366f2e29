"""What a sum is counted by when the one who gets it is not what is counted: customers, flights, workers."""

from __future__ import annotations

import re
from typing import Final

# 每个项目给予机构20万元, 每户奖励基地5000元: what is counted is not who receives
_TO_ANOTHER: Final = re.compile(
    r"每(?:[家户个名人位件笔单]|个?(?:项目|企业|网点|门店|团队))(?:一次性|再|分别)?(?:给予|奖励|补[助贴]|资助)(?:所[在属])?"
    r"(?:服务|培训|用人|运营|承办|推荐|引荐|举办|实施)?(?:机构|基地|社区|村(?:集体)?|镇|乡镇|街道|单位|学校|院校|园区|平台|银行|协会|商会|企业|主体|载体|孵化器|医院|公司)"
    r"[^，。；\d企]{0,4}$"
)
_TO_ANOTHER_AFTER: Final = re.compile(
    r"(?:的?标准)?(?:给予|奖励|补[助贴])(?:服务商|服务机构|运营方?|中介|保荐|银行|担保机构|承办)"
)
# 首个奖励3万元，从第二个产品起每个奖励5000元
_FROM_SECOND: Final = re.compile(r"从?第[二三2-3][个项件][^，。；\d]{0,6}起，?每[个项件]")
VEHICLE: Final = re.compile(
    r"(?:每(?:起降|执飞|开行|执行|运营)?[一1]?个?|单)(?:架次|列|趟|班次|航次|班列)[^。；\d]{0,16}[^。；]{0,16}$"
    r"|每(?:辆|台)[^。；\d]{0,16}[^。；]{0,16}$"
    r"|每条[^，。；\d]{0,6}(?:航线|专线|线路)[^。；]{0,40}$"
)
# 每列补助3万元，全年开行40列以上的，年终再奖励50万元: once a year
YEAR_END: Final = re.compile(r"\d[万亿]?元[^。；]*，(?:年终|年底|全年|年度)[^，。；\d]{0,10}$")
BY_VEHICLE: Final = re.compile(
    r"(?:每|单)(?:架次|列|趟|班次|航次)|每(?:辆|台|条[^，。；\d]{0,6}(?:航线|专线|线路))"
)
# 一次性交通补助，标准为每人500元; 按1000元/人给予一次性就业补助
_FOR_WORKERS: Final = re.compile(
    r"一次性(?:给予)?(?:交通|就业|用工|吸纳|返岗|务工|稳岗|扩岗|求职|生活|价格)[^，。；\d]{0,4}补[贴助]"
)


def is_for_another(words: str, after: str) -> bool:
    """Whether somebody gets the sum for each of those whom he serves, or from the second thing on."""
    served = re.search(r"每[家户个]$", words) and _TO_ANOTHER_AFTER.match(after)
    return bool(_TO_ANOTHER.search(words) or _FROM_SECOND.search(words) or served)


def is_once(sentence: str) -> bool:
    """Whether a person gets the sum once, as an honour or a gift, and not as a worker among others."""
    return "一次性" in sentence and not _FOR_WORKERS.search(sentence)
