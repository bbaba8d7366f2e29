"""Does a text grant a concrete benefit? Used to tell measures from procedure, definitions and appeals."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import benefits
from babashi.reader.cues import GRANT_NOUN

# Headings of items that rule on something else than a benefit.
NOT_MEASURES: Final = re.compile(
    r"^(?:(?:总体|基本|扶持|奖励|补助|支持|工作|指导|主要|发展|建设|有关|其他|相关|工作目标|具体)?(?:要求"
    r"|目标|思想|原则"
    r"|任务|事项|规定|说明)"
    r"|总则|附则|(?:评选|评审|奖励|补助|补贴)(?:办法|程序|原则)$|[^，。；]{0,4}目的$"
    r"|(?:起草|制定|出台|政策|文件|修订)?(?:背景|意义|过程|必要性)|起草说明|目的(?:和"
    r"|与)?依据|依据|名词解释|术语|定义|适用(?:范围|对象)|施行日期|实施日期|生效|解释(?:权|部门)?|制定目的|"
    r"(?:加强|强化|健全|完善|压实|严格|落实|严肃)?(?:组织(?:领导|实施|保障|协调|推进|机制)|保障措施"
    r"|监督(?:管理|检查|考核|问责)?|责任(?:落实|分工|追究)|统筹协调|"
    r"督(?:导|查|促)(?:检查|落实|考核)?|跟踪问效|绩效(?:评价|管理|考核|评估)?|宣传(?:引导|解读|推广"
    r"|到位|$)|政策(?:宣[传讲贯]|衔接|解读|兑现|解释|评估)|"
    r"资金(?:管理|监管|来源|保障|拨付|渠道|使用|兑现|监督|筹措)|诚信(?:管理|承诺)|信用(?:管理|约束)"
    r"|兑现(?:流程|程序|方式)|纪律|工作(?:机制|要求|保障)|职责分工)"
    r"|(?:申报|申请|审批|审核|认定|办理|兑付|兑现|拨付|发放|受理|评审|操作|工作|补贴发放"
    r"|资金)(?:的)?(?:程序|流程|材料|时间|期限|时限|方式|渠道|要求|步骤|资料|地点|须知)"
    r"|(?:申报|申请|享受|扶持|支持|奖励|补贴|补助|基本|认定|准入|资助|适用|贷款|限制)?(?:对象|条件"
    r"|范围|主体|资格)(?:及条件|和条件|与条件|及范围|和范围|及要求"
    r"|[和与及、](?:支持)?(?:方式|形式|领域|重点|程序))?$"
    r"|(?:实施|执行|施行|补贴|活动|政策|办理|受理|起止)(?:时间|期间)(?:安排)?$"
    r"|(?:压实|夯实|落实|明确|强化)[^，。；]{0,6}责任$|(?:守牢|严守|筑牢|守住|坚守)(?![^，。；]{0,8}(?:民生|生活|就业))[^，。；]{0,10}(?:底线|红线|防线|关口?)$"
    r"|(?:遵守|严明|严肃|严格|执行)[^，。；]{0,6}纪律|总的(?:要求|原则)|除外情形|退出(?:机制|管理|情形)?$"
    r"|联系(?:方式|人|电话)|咨询(?:电话|方式)|(?:注意|其他)事项|(?:责任|牵头|实施|受理|办理"
    r"|配合)(?:单位|部门|科室)|政策依据|有效期|执行(?:期限|时间)|实施期限|附件|监督举报|法律责任"
    r"|(?!.*(?:公积金|维修资金))[^，。；]{0,12}(?:资金|经费)(?:的)?(?:来源|筹集|管理|监督|分配|使用)(?:[和与及、].{1,8})?$"
    r"|[^，。；]{0,12}(?:资金|补[助贴]|奖励|贴息|贷款|项目|券)(?:的)?(?:申请|申领|审核|审批|结算|清算|拨付"
    r"|预拨|下达|核查|监管)"
    r"(?:[和与及、].{1,8})?$|(?:预拨|拨付|审核|结算|清算|下达)[^，。；]{0,8}(?:资金|贴息|补[助贴])$"
    r"|[^。；]{0,40}(?:重复|同时)(?:享受|申请|申报|领取)吗?[吗？]"
    r"|(?:期限|时间|范围)(?:条件|要求)$|(?!放宽|降低|扩大|优化|改善|提高|拓宽"
    r"|调整)[^，。；对给]{2,10}的?(?:范围|条件)$"
    r"|(?:活动|政策|补[助贴])?(?:目的|意义|主题|宗旨|背景)$|(?!简化|精简)[^，。；]{0,8}(?:流程|程序|规则)$"
    r"|[^，。；]{0,8}活动(?:时间|范围|对象|场景|轮次)$"
    r"|(?!扩大|放宽|提高|拓宽|增加|调整|延长|降低|优化|推迟|暂缓|阶段|临时|下[浮调]|缓|[将对给缓减免])[^，。；]{1,14}(?:对象|主体|职责|分工|协作"
    r"|支付方式|发放方式|资金保障|认定标准|缴费(?:基数|比例|标准|档次)(?:[和及与、].{1,8})?)$"
    r"|(?!.*(?:放宽|自主))[^，。；]{1,12}的?(?:遴选|选定|的选择)$|公示制度"
    r"|(?:摸底|准备|动员|宣传|启动|实施|推进|建设|验收|总结|申报|评审|巩固|收尾|整改|部署|排查|组织)阶段"
    r"|(?:验收|考核|审核|核查|评定|评审|结算|检查)(?:办法|方法|标准|方式)$"
    r"|(?:企业|单位|机构|学校|商[家户]|业主|乡镇|部门|各方|经办)(?:责任|义务)$"
    r"|(?:谨防|警惕|当心|严防|提防)|(?:拨付|公示|初审|复审|评审|兑付|拨款|受理|验收|就高|从高|核验|核查|抽查|查验|注册|登记|报名|复核|结算|清算|评估|审核|上传|申请|退货[^，。；]{0,4})$"
    r"|(?:扶持|支持|补贴|补助|奖励|资助|发给)谁|谁(?:能|可以?|有资格)"
    r"|(?:政策|业务|服务)?咨询$|(?:基准|保险|投保)*(?:费率|保费|保险费)(?:标准)?(?:[和与及、]承保.*)?$"
    r"|(?:扶持|补[贴助]|资助|奖励)的?(?:方式|形式)$|(?:申报|备案)$"
    r"|特别说明|除外(?:情形|条款)|限制(?:条款|条件))"
)
# 拨付, 资金来源与限额: how it is paid and from what; the sums and shares there are no benefit of their own
PAYMENT: Final = re.compile(
    r"(?:(?:资金|分[期批]|款项|经费)?(?:拨付|公示|兑付|清算)|[^，。；]{0,6}(?:资金|经费)(?:的)?(?:来源|筹集|渠道|总额|总量))"
    r"(?:[和与及、][^，。；]{1,6}|方式|办法|程序)?$"
    # what the offices spend on the work, worked examples, the steps of a plan
    r"|(?:工作|办公|核查|宣传|评审)经费$|(?:计算|测算|补贴|奖励|补助)?(?:举例|示例|算例|案例)(?:说明)?$|算一算"
    r"|(?:摸底|准备|动员|启动|验收|总结|评审|收尾|整改|排查)阶段"
)
FACET: Final = re.compile(
    r"^(?:政策|文件|支持|扶持|补贴|补助|奖励|申报|申请|享受|适用|资助|认定|发放|兑现|办理|贷款|执行|实施"
    r"|受理|责任|牵头|配合|咨询|联系|服务|资金|主要|培训|保障|贴息|基本)*"
    r"(?:对象|范围|条件|标准|内容|材料|程序|流程|方式|时间|时限|期限|渠道|依据|要求|主体|资料|单位"
    r"|部门|电话|测算|额度|金额|科室|地点|网址|说明|途径|类型|比例|待遇|责任|有效期|热线|人|细则|类别)"
    r"(?:[和及与、].{1,8})?$"
)
POSITIVE_FACET: Final = re.compile(
    r"(?<!认定)(?<!缴费)标准|内容|额度|金额|待遇|(?<!缴费)比例|政策|措施|(?<!支付)(?<!发放)(?<!拨付)(?<!兑付)方式|测算"
)

_VERB: Final = re.compile(
    rf"给予|予以|返给|返回|可申领|兑付比例|追加|奖励|奖补|补助|补贴|资助|贴息|返还|发放|奖|补偿|配套|报销|兑现|支持|扶持|享受|安排"
    rf"|减免|按照?|最高|减半|免征|免收|减征|抵扣|抵用|抵减|下调|优惠|立减|直减|[另再]加\d|加[补发]|{GRANT_NOUN}"
)
_DEFINES: Final = re.compile(r"所称[^。]{1,40}(?:是指|包括|为)|(?:是|系)指")
# 创新券是由…发放、用于购买服务的电子凭证, “惠农贷”是…的信用贷款
_IS_A: Final = re.compile(
    r"(?:券|贷|险|[一-龥]”)(?:（[^（）]{1,20}）)?是(?!否|指)[^。；]{4,60}的[^，。；]{0,12}(?:凭证|凭据|贷款|产品|业务|券|保险)(?=[，。；]|$)"
)
_TRAINING: Final = re.compile(r"(?<!校外)培训(?!机构|治理|市场|监管|行为|秩序)")
_TRAINS: Final = re.compile(
    r"开展[^。；]{0,60}培训|培训[^。；]{0,12}人次|组织[^。；]{0,24}(?:培训|研修)|免费培训"
)
_OFFICIALS: Final = re.compile(r"统计员|工作人员|干部|经办人员|执法人员|业务骨干|联络员|协管员")


_TITLES: Final = re.compile(r"《[^《》]{1,100}》")  # what a cited document is called grants nothing


def concrete(text: str) -> bool:
    """Whether some sentence grants something tangible without needing a figure."""
    return benefits.tangible(_TITLES.sub("", text))


# money that is taken back or that offices settle among themselves
_NOT_GIVEN: Final = re.compile(
    r"(?:尚未|应兑未兑|未(?:兑[现付]|拨付|落实))[^，。；]{0,20}(?:奖|补|资金)|追回|追缴|收回|骗取|(?:应|须|需|要求|责令)[^，。；]{0,12}(?:退还|返还|退回|缴回|归还)"
    r"|(?:退还|退回|缴回)[^，。；]{0,12}(?:奖励|补[助贴]|资助|扶持)|共担|分担|共同负担|预拨"
)
# 补贴资金由中央和地方按6:4共担，其中东部…: the whole sentence is about the offices
_SHARED: Final = re.compile(r"(?<![^。；])[^，。；]{0,30}由[^，。；]{2,30}(?:共担|分担|共同承担)[^。]*")
_CLAUSE: Final = re.compile(r"[，。；！]")
_FIGURE: Final = re.compile(r"\d|全额|全部|减半|分之|倍")


def only_takes(text: str) -> bool:
    """Whether every clause with a figure takes money back or divides it among offices."""
    clauses = _CLAUSE.split(_SHARED.sub("分担", text))
    taking = [bool(_NOT_GIVEN.search(clause)) for clause in clauses]
    if not any(taking):
        return False
    rest = [clause for clause, takes in zip(clauses, taking, strict=True) if not takes]
    if any(_FIGURE.search(clause) for clause in rest if _VERB.search(clause)):
        return False
    sentences = [s for s in re.split(r"[。；！]", text) if not _NOT_GIVEN.search(s)]
    return not any(_FIGURE.search(s) and _PLAIN_GIFT.search(s) for s in sentences)


def trains(heading: str, text: str) -> bool:
    """A training programme for named people: the heading is about it and the text runs it."""
    return bool(
        _TRAINING.search(heading)
        and not re.search("管理|监管|规范", heading)
        and _TRAINS.search(text)
        and not _OFFICIALS.search(text)
    )


def gives(text: str) -> bool:
    """Whether the text has a granting verb at all."""
    return bool(_VERB.search(text))


def only_defines(text: str) -> bool:
    """Whether a text defines a term and grants nothing beside it."""
    if not defines(text) or re.search(r"给予|奖励|补[助贴]", text):
        return False
    rest = [s for s in re.split("[。；？]", text) if not (_DEFINES.search(s) or _IS_A.search(s))]
    return not any(_PLAIN_GIFT.search(s) or _TELLS_HOW_MUCH.search(s) for s in rest)


_TELLS_HOW_MUCH: Final = re.compile(
    r"减按\d|按\d[\d.]*%的税率|(?:额度|最高|不超过|利率|贴息)[^，。；]{0,12}\d"
)


def defines(text: str) -> bool:
    """Whether the text defines a term instead of granting something."""
    return bool(_DEFINES.search(text[:60]) or _IS_A.search(text[:90]))


# 鼓励参与商户再给予5%的让利: others are asked to give, at their own cost
_URGES_OTHERS: Final = re.compile(
    r"(?:鼓励|引导|倡导|动员|呼吁|发动|号召)[^。；\d]{0,40}(?:商|机构|企业|平台|银行|房东|业主|物业|门店|酒店|景区)"
    r"[^。；\d]{0,40}\d[^。；]{0,12}(?:让利|折|优惠|减免|折扣)"
)


# 鼓励银行免收个体户的管理费、取消工本费: what is agreed on with the banks and named charge by charge
_NOT_ONLY_URGED: Final = re.compile("财政|政府|补[助贴]|奖|免收[^，。；]{1,20}费|取消[^，。；]{1,20}费")


def only_urges(text: str) -> bool:
    """Whether every sentence with a figure of money or share asks others to give."""
    with_figure = [s for s in re.split("[。；]", text) if re.search(r"\d(?:[万亿]?元|%|折)", s)]
    return bool(with_figure) and all(
        _URGES_OTHERS.search(s) and not _NOT_ONLY_URGED.search(s) for s in with_figure
    )


# 自然损耗不超过0.2%: a percentage alone is no benefit
GIVEN_SHARE: Final = re.compile(
    r"给予|[奖补贴减免降抵折]|代缴|资助|返还|支持|扶持|下[调浮]|优惠|承担|负担|配套|[税费利]率|租金|收取|享受"
    r"|报销|提供|担保|出让|支付"
)


# 有哪些申请渠道, 怎么申请, 多久到账: the answer tells the way, not the benefit
_ASKS_HOW: Final = re.compile(
    r"(?:申[请报领]|办理|经办)[^？]{0,4}(?:渠道|流程|程序|材料|手续|银行|时间|地点|方式)"
    r"|(?:怎么|怎样|如何)(?:申[请报领]|办理|查询|拨付|发放|兑付)|期限|[几多少]次|[可能]否|是否|怎[么样]查|(?:能|可以)(?:都|也|再|还|一起|同时|重复|代)[^，。；？]{0,6}吗|还能[^，。；？]{0,6}吗"
    r"|(?:资金|返还|款项)[^？]{0,6}用[在于到](?:哪些|什么|何处)|(?:提[交供]|准备|携带)[^？]{0,8}(?:材料|资料|证件)吗"
    r"|多久|多长时间|什么时候|何时|哪里(?:申|办|查)|联系电话|咨询"
)


def asks_how(text: str) -> bool:
    question, mark, _ = text[:60].partition("？")
    return bool(mark) and _ASKS_HOW.search(question) is not None


# 推动本地配套率提升至45%: what is to be reached
_GOAL: Final = re.compile(
    r"(?:率|比重|占比|比例)[^，。；\d]{0,6}(?:提[升高]|达|增|保持|稳定|下?降|以上)"
    r"|(?:增长|增速|增幅|占[^，。；\d]{0,12})[^，。；\d]{0,6}\d"
)
_SHARE_OF_GRANT: Final = re.compile(
    r"[补奖返贴扣减免]|[税费利]率|报销|支付|给予|支持|资助|承担|负担|优惠|租|额度|标准"
)


def only_goals(text: str) -> bool:
    """Whether every share of the text is one that is to be reached."""
    clauses = [clause for clause in _CLAUSE.split(text) if "%" in clause]
    return bool(clauses) and all(_GOAL.search(c) and not _SHARE_OF_GRANT.search(c) for c in clauses)


GIVES_ONCE: Final = re.compile(
    r"给予[^，。；]{0,12}(?:奖励|补[助贴]|资助|贴息)，?最高"
    r"|对[^；。]{4,80}给予(?:最高|不超过|至多|最多)[^，。；\d]{0,4}\d[\d.]*[万亿]?元[^，。；]{0,8}(?:奖励|补[助贴]|资助|贴息)"
)


# 补贴资金共600万元: what all together get
_ALL_TOGETHER: Final = re.compile(r"(?:资金|经费|总额|总量)[^，。；\d]{0,8}\d[\d.]*[万亿]?元")


def names_what_one_gets(text: str) -> bool:
    """Whether a grant and its figure stand together, apart from the sum of the whole programme."""
    return verb_with_figure(_ALL_TOGETHER.sub("", text))


def verb_with_figure(text: str) -> bool:
    return bool(
        re.search(
            r"(?:给予|予以|奖励|补助|补贴|资助|返还|最高支持)[^。；]{0,20}\d"
            r"|按照?[^。；]{0,30}\d%?[^，。；]{0,10}(?:给予|予以|奖励|补助|补贴|资助|返还|代缴)",
            text,
        )
    )


_SPENT_ON: Final = re.compile(r"用于[^。；]{0,30}(?:奖励|补助|补贴|扶持)")


POT_FOR: Final = re.compile(
    r"用于|支持|鼓励|引导[^，。；]{0,12}投|投向|投资于|推广|奖补|发放|为|给予|补贴|奖励|(?<!已)设立|帮助|缓解"
    r"|今年[^，。；]{0,10}安排[^，。；]{2,20}(?:资金|经费)\d"
    r"|安排[^，。；]{0,8}\d[^，。；]{0,16}(?:资金|补助|经费)，|对[^。；]{2,90}进行(?:扶持|奖励|补[助贴])"
)
OWN_WORKS: Final = re.compile(
    r"用于[^。；]{0,24}(?:基础设施|前期|项目建设)|政府投资项目|前期费|提升政府|政务(?:服务|信息)|办公经费"
)


# 安排工作经费10万元，用于评审: what an office spends on itself
_OFFICE: Final = re.compile(
    r"(?:工作|办公|管理|评审|宣传|业务)经费[^。；]{0,30}用于[^。；]{0,30}(?:宣传|评审|评估|办公|管理|督查"
    r"|考核|工作)"
    r"|(?:专家|评审|验收|评估)[^，。；]{0,4}(?:劳务费|咨询费|评审费)"
    r"|(?:提取|计提|列支)[^，。；]{0,16}(?:经费|费用)[^。；]{0,8}用于[^。；]{0,24}(?:评估|统计|评审|管理|推介|宣传)"
    r"|用于[^。；]{0,20}(?:宣传|评审|评估|督查|考核|办公)[^，。；]{0,10}(?:经费|支出|费用|工作)(?=$|[，。；])"
)


def for_offices(text: str) -> bool:
    """Whether every sentence with a sum is about what the offices themselves spend."""
    with_sum = [
        s for s in re.split(r"[。；]", text) if re.search(r"\d[万亿]?元(?!以[上下])|提取[^，。；]{0,6}\d", s)
    ]
    return bool(with_sum) and all(_OFFICE.search(s) and "给予" not in s for s in with_sum)


# 年终考核前三名的乡镇，分别奖励3万元: offices reward each other for the work
_FOR_THE_WORK: Final = re.compile(
    r"(?:考核|考评|评比|评估|排名)[^。；]{0,20}(?:第?[一二两三四五六七八九十\d]+[名位]|得分|优秀|先进|靠前|居前)[^，。；]{0,6}的"
    r"(?:[县市区乡镇村]|街道|开发区|园区|部门|单位|责任)[^。；]{0,24}(?:奖|给予)"
)


def among_offices(text: str) -> bool:
    """Whether every sentence with a sum is about what offices get for their own work."""
    with_sum = [s for s in re.split("[。；]", text) if re.search(r"\d[万亿]?元", s)]
    return bool(with_sum) and all(_FOR_THE_WORK.search(s) for s in with_sum)


def procedural(text: str) -> bool:
    return not _SPENT_ON.search(text) and bool(
        re.search(
            r"年度(?:奖励|补贴|补助|资助|扶持)?(?:资金)?(?:总额|预算)|就高|从高|不重复"
            r"|报[^，。]{0,12}(?:审定|审批|批准)|专项资金[^，。]{0,12}(?:管理|使用)|预算管理"
            r"|纳入[^，。]{0,6}预算|超出[^，。]{0,8}比例|先[报到][^，。]{0,4}先[得享领]|用完即止|总额控制",
            text,
        )
    )


_APPEAL: Final = re.compile(
    r"^(?:组织(?=领导|实施|保障|协调|推动|机制|申报|落实|各|开展)|监督|宣传|规范|推进|深化"
    r"|优化(?:营商|服务|审批|消费|政务)"
    r"|加强(?:政策|组织|监管|宣传)|建立[^，。]{0,12}机制|健全|完善[^，。]{0,10}(?:机制|体系))"
)
_MECHANISM: Final = re.compile(r"^(?:建立|健全|完善)")
_PLAIN_GIFT: Final = re.compile(
    r"(?:给予|发放)[^，。；]{0,30}(?:奖励|补[助贴]|资助|津贴|[家活]费)|免[征收费]|减免|减半|缓缴|返还|全部投资"
    r"|享受[^，。；]{0,12}(?:补[助贴]|津贴|贴息)|(?:费用?|经费)由[^，。；]{0,12}(?:承担|负担|资助|列支)|费率[^，。；]{0,6}(?:不超过|不高于|降)"
)


def appeals(title: str, text: str) -> bool:
    """Cooperation, enforcement, publicity: words of benefit may occur but nothing is granted."""
    if not _APPEAL.match(title):
        return False
    if _MECHANISM.match(title):
        return not _PLAIN_GIFT.search(text)
    return not benefits.plainly(text)
