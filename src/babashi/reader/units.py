"""What a sum is per: a price for each unit (mu, ton, person-month, exhibit) or a sum for the beneficiary."""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import counted
from babashi.reader.context import Context
from babashi.reader.quantities import Group

_SMALL: Final = 10_000  # yuan: 500元/年 is a price, 20万元/年 what a beneficiary gets
_PER_AFTER: Final = re.compile(
    r"^(?:人民币)?(?:/|每)(?P<unit>[一-龥㎡²³·A-Za-z]{1,8}(?:[/·][一-龥A-Za-z]{1,3})?)"
)
# Those who receive: a sum for each of them is the beneficiary's sum, not a price.
_ENTITY: Final = re.compile(
    r"^(?:新?认定的?|新增的?|引进)?(?:一?[家户]|一?[个座处]?(?:[^，。；：、\d奖补给]{0,6}(?:企业|单位|机构"
    r"|项目|园区|基地|平台|载体|[门商书药]店|超市|网点"
    r"|团队|集群|中心|商会|协会|街区|工作室|实验室|公司|院所|学校|医院|站点?|合作社|家庭农场|市场|示范点|村"
    r"|社区|乡镇"
    r"|县|区|市|景区|民宿|酒店|书店|创业者|业主|楼宇)|[店矿厂馆校园院库镇所社](?!次))"
    r"|一?[个座处](?=给予|予以|奖|补|资助|分别|最高|一次性|$))"
)
_THING: Final = re.compile(r"[台套辆艘架吨亩头只羽平千公立度张支篇集首幅件笔]")
_PERSON: Final = re.compile(r"^(?:一?[人名位])(?!次|均|才库)")
_PERIOD: Final = re.compile(r"^(?:一)?(?:年|个?年度|届|期|批(?!次)|季|个?赛季|个?学[年期]|轮)")
_SHORT_PERIOD: Final = re.compile(r"[人名户家]?(?:每|/|·)?(?:个?月|天|日|晚|小时|学时|课时)")
_EMPLOYER: Final = re.compile(
    r"旅行社|组团|地接|游客|(?:机构|商会|协会|中介|院校)[^，。；\d的]{0,14}(?:引进|招徕|引荐)|招用|吸纳|新招|招聘|新增就业|带动就业|输送|介绍|培训|推荐|培养|每增加|见习|组织|每引进|安置|用工|岗"
)
# 按每人20万元给予企业: the enterprise receives a sum for each person
_TO_EMPLOYER: Final = re.compile(
    r"(?:给予|奖励|补助|补贴)(?:用人单位|企业|单位|机构|院校|培训|高校|平台|所在)"
    r"|对引进[^，。；]{0,40}的(?:企业|单位)"
)
# 对发放首贷的银行，每户给予1000元: the bank receives a sum for each of its customers
_THROUGH_OTHERS: Final = re.compile(
    r"(?:银行|金融机构|担保机构|保险机构|经办机构|服务机构|中介机构|商协会|委托招商机构"
    r"|运营(?:商|企业|主体|方|机构))[^，。；：\d]{0,4}，?(?:给予|奖励)?按?每[户家]"
    r"|(?:带动|联结|帮扶|服务)[^，。；\d]{0,8}每[户家]|\d家(?:（含）)?及?以上的?，(?:按)?每家"
)
# 根据引进企业的数量，按20万元/家给予园区
_BY_NUMBER: Final = re.compile(r"(?:按照?|根据|依据)[^，。；\d]{2,40}(?:数量|家数|个数|户数)")
# Who receives: the noun nearest to the sum decides whether a yearly sum is one for a person
_PERSONAL: Final = re.compile(
    r"(?P<person>博士后?(?!工作站|流动站)|硕士|本科|大专|专科|毕业生|研究生"
    r"|人才(?!公寓|工作|服务|计划|市场|集团|项目|专项|驿站"
    r"|基地|中心|工程|飞地|载体|平台|引进|培养)|人员|学生|学员|学徒|青年|工人|技师|教师|[医药]师|医生|个人"
    r"|员工|职工"
    r"|专家|大师|院士|工匠|教练|运动员|选手|入选者|获奖者|居民|农民|老年?人|残疾人|学者|留学|劳动者|创业者"
    r"|高管|骨干|传承人|带头人|经纪人|获得者|志愿者|工程师|护士|村医|驾驶员|能手|艺人|家庭|儿童|婴幼儿"
    r"|孕产妇|[一二三]孩|军人|烈属|经理人|劳动力)"
    r"|企业|单位|机构|公司|平台|中心|基地|园区?(?!林)|载体|孵化器|团队|协会|商会|学校|院校|高校|医院|合作社"
    r"|农场|银行"
    r"|工作站|流动站|服务站|驿站|站点|实验室|工作室|联盟|场馆|[书网门]店|研究院|学院|街区|村|社区|项目|[家户艘辆台亩个]"
)
# 毕业生到我县企业就业的: where the person works
_AT_WORK: Final = re.compile(
    r"(?:在|到|赴|来|与|由|从)[^，。；]{1,20}?(?:就业|工作|任职|服务|实习|见习|务工|创业|签订|挂职|从事)"
)
# 专职人员2名以上的: what an institution has to have
_STAFFED: Final = re.compile(
    r"[^，。；、]{0,6}(?:人员|职工|员工|人才|教师|护士)(?:不低于|达到?|有)?\d{1,5}[名人](?:（含）)?(?:及)?以上"
)
_PERSONAL_SUM: Final = re.compile(
    r"[^，。；\d]{0,4}(?:人才|生活|住房|租房|购房|安家|岗位|交通|探亲)?(?:津贴|生活补[贴助])"
)
# 每月补贴3000元、交通费500元: the second sum is for each month too
_AND: Final = re.compile(
    r"(?:/[一-龥·]{1,5})?的?[^，。；\d每最、]{0,8}(?:、|和|及|以及|与)(?!一次性|奖励)[^，。；\d每最]{0,10}"
    r"|(?:/[一-龥·]{1,5})?(?:的?[^，。；\d每最、]{0,6}(?:补[贴助]"
    r"|津贴))?，[^，。；\d每最总共合累奖补给发一超至达]{1,8}(?:为|：)?"
    r"|(?:的?(?:补[贴助]|奖励))?[，；](?:(?!最高|总|共|合计|累计|给予|发放|一次性|超过|达)[^，。；\d每]){1,18}(?:分别|各)?为"
    r"|(?:，分[^，。；\d]{1,6}档：|，)[^，。；\d每最]{0,4}[档等类级型]"
    r"|，[^，。；\d每]{0,10}每[个座处][^，。；\d每最]{0,4}"
    r"|[、，](?:达到?|满|超过?)?\d{1,6}[^，。；、\d每最]{1,12}，?(?:再|分别)?(?:给予|奖励?"
    r"|补[贴助]?)[^，。；\d每最]{0,4}"
)
# 招用1人补贴1000元: 每 left out
_ONE_MORE: Final = re.compile(
    r"建[^，。；\d]{0,8}[1一][座处台条](?:给予|补|奖)[^，。；\d]{0,6}$"
    r"|(?:成功|录用|上岗|入职|安置|推荐|引进)[1一][人名户家个]，?[^，。；\d]{0,10}(?:给予|补|奖)[^，。；\d]{0,10}$"
    r"|(?:招用|招收|吸纳|引进|新增|介绍|培养|培训|带动)[1一][人名户家个][^，。；\d]{0,8}(?:给予|补"
    r"|奖)[^，。；\d]{0,6}$"
)
_YEARLY: Final = re.compile(r"每年度?考核|年度考核合格|每[人名位](?:每|/)?年|每年[^，。；]{0,6}每[人名位]")
# 每确权1000万元奖励1万元
_EACH_STEP: Final = re.compile(
    r"每(?![家人户年月名位天日])[^，。；\d每]{2,8}\d[\d.]{0,9}[万亿]?美?元，?(?:给予|再)?(?:奖励"
    r"|补[贴助])[^，。；\d]{0,6}$"
)
# 由每人每月1000元提高到1500元
_RAISED_LINK: Final = re.compile(
    r"(?:/[^，。；\d]{1,6})?(?:逐步|统一)?(?:提高|上调|增加|提升|调整|提)(?:到|至|为)"
)
# 月最低工资标准为1520元, 日补贴100元: a price for each month or day
_MONTHLY: Final = re.compile(
    r"(?<![\d个半一二三四五六七八九十两几末当次本])[月日](?:均|人均)?(?:最低)?(?:生活|工资|住房|租房|岗位"
    r"|伙食|交通|见习|资助|补[贴助]|津贴|电费|餐费|话费){1,3}(?:标准)?(?:分别)?(?:为|达)?"
    r"(?:[由从][^，。；]{1,14}(?:提高|上调|增加|提升|调整|调)(?:到|至|为))?$"
)
# 每个品种给予一次性300万元: a sum for each achievement, paid once
_ONCE_EACH: Final = re.compile(
    r"^[个项][^，。；]{0,12}一次性|^个?(?:品种|证书|药品|奖项|荣誉|称号)(?!销|采|平均)"
)
# 引进新品种，每个品种补助5万元: one grows several
_BROUGHT_SORT: Final = re.compile(r"(?:引进|推广|试种|种植|繁育|引种)[^。；]{0,40}每个?品种")
# 获得国家级奖项的，每项奖励50万元; 获绿色食品认证的，每个产品…: an achievement of the
# beneficiary, and no piece of work that is counted. Also the later sums of such a list (、20万元、10万元).
_HONOUR_EACH: Final = re.compile(
    r"(?:奖(?![励补金])|奖项|荣誉|称号|认证|注册证|批件|批文|名牌|商标|[金银铜]奖|绿色食品|有机(?:食品|农?产品)|无公害(?:食品|农产品)"
    r"|地理标志|软件(?:产品)?|文号[^，。；：\d]{0,20})(?:产品|登记)?(?!服务)[^，。；：\d]{0,10}，?(?:按)?"
    r"每个?(?:[个项]|产品|文号)(?:产品)?(?:一次性|分别|再)?"
    r"(?:给予|奖励?|补[贴助]?|资助)(?:奖励|补[助贴])?"
    r"(?:\d[\d.]{0,8}[万亿]?元(?:、|和|及|以及|与)){0,6}$"
)
# 新增托位每个1万元, 标准展位每个3000元: each of the things named before it
_THING_NOUN: Final = re.compile(
    r"集装箱|(?:[大小重空整标货]|尺)[箱柜]|[托床车泊展摊学工点席]位|岗位|大棚|(?:育成|审定的?|选育的?)品种|[充电管]桩|桩|机柜|机架|基站|首店|首发活动|烤房|冷库|温室"
    r"|圈舍|公厕|桥梁|泵站|机井|淤地坝|水窖|沼气池|烘干房|作品|剧目|节目|课题|论文|标准(?!化)|商标|直播间|收储点|监测点|蓄水池|塘坝"
    r"|专利|课程|电表|厕所|模型|算法|软件|系统|数据集|应用场景|栏舍|摊位|卡座|路灯|井盖|站台"
)
_RECEIVER: Final = re.compile(
    r"企业|单位|机构|项目|园区|基地|平台|载体|团队|中心|商会|协会|合作社|农场|学校|医院|村|社区|乡镇|县"
)
_EACH_OF: Final = re.compile(
    r"(?P<words>[^。；：]{0,40})每[个座处款](?:一次性|分别|再)?(?:给予|奖励?|补[贴助]?|资助"
    r"|按)?(?:一次性)?(?:奖励|补[助贴])?(?:[^，。；\d]{0,5}费用?)?$"
)
# 引进知名餐厅每家奖励运营方50万元, but not 对新引进的企业每家…
_BROUGHT: Final = re.compile(
    r"(?:^|，)(?!.{0,30}对)(?:[^，。；：\d]{0,12})(?:引进|引荐|招引|孵化)[^，。；：\d]{1,20}每[家个]"
    r"|每[家个](?:给予|奖励|补[助贴])(?:运营|引荐|中介|招商|推荐|服务|平台|园区|银行|孵化|机场|高校|商会)"
)
# 每周不少于1列的，年终再给予50万元奖励; 居前三位的机构，每家奖励5万元
_YEAR_END: Final = re.compile(
    r"，(?:年终|年底)[^，。；\d每]{0,10}$|前[一二三四五六七八九十\d]{1,2}[位名]?的?[^，。；]{0,14}，(?:按)?每家[^，。；\d]{0,6}$"
)
# 每场 of a farm is the beneficiary, 每场 of a concert a unit
_FARM: Final = re.compile(r"[猪鸡牛羊鸭]场|养殖场|牧场|农场|林场|茶场")
_NO_UNIT: Final = re.compile(
    r"^(?:照|标准(?![箱间])|规定|比例|程序|要求|不|最|次性|季度末|同比|其|实际|年度|项目|投资)"
)
_STEP_GRANT: Final = re.compile(
    r"每(?:为|向|从|给|帮|在)(?:(?![奖补给最])[^，。；\d每]){2,20}[\d一1]{1,5}[家个名户项人件台款单亩吨头](?=[^，。；\d]{2})|(?:推荐|介绍|促成|招引|引荐)[1一][家个名户项]|每(?:成功|新|再|多|全职|柔性|首次|当年|同比|环比"
    r"|净)?(?:设立?|开设|实现|达到?|增加|新增|高出|高于|提升|提高|降低|下降|推荐|引进|引荐|招用|招收|招录|招聘|吸纳"
    r"|吸引|输送|培养|培育|培训|举办"
    r"|承办|新开通|开通|完成|超过|超|增长|减少|出口|进口"
    r"|[^，。；\d每]{1,6}[一1][家个名户项人件台款单头亩株只羽窝例](?=[^，。；\d]{2}|，)"
    r"|(?![家户个人名位年月])(?:(?!选|支持|扶持|资助|奖|补|最"
    r"|不)[^，。；\d每]){1,6}\d{1,5}[家个名项件台款单亩吨度间票辆](?=[^，。；\d]{2})|再?[上跨迈][一1]个?"
    r"|销售|引培|转化|促成|达成|安置|聘用|接待|组织|发展|建设|新建|建成|满|带动|录用)"
)


def _is_personal(words: str, after: str) -> bool:
    """Whether the words before a sum, and the one behind it, say that a person receives it."""
    nearest = None
    for match in _PERSONAL.finditer(_STAFFED.sub("", _AT_WORK.sub("", words))):
        nearest = match
    return bool(nearest and nearest["person"]) or bool(_PERSONAL_SUM.match(after))


def continues(link: str | None) -> bool:
    """Whether words between two sums are those of one list that names its unit only once."""
    return link is not None and bool(_AND.fullmatch(link)) and "一次性" not in link


def _each_of_words(
    text: str, sentence: str, words: str, context: Context, *, large: bool, personal: bool
) -> bool:
    """Whether what 每 counts in the words before a sum is a unit."""
    if (
        _things_each(context.before)
        or _BROUGHT.search(words)
        or (re.match(r"[、，和]", words) and _things_each(context.clause))
    ):
        return True
    each = [m["unit"] for m in re.finditer(r"(?:每|按)(?P<unit>[^，。；：、\d（每]{1,24})", words)]
    yearly = all(unit.startswith("年") for unit in each)  # each step pays every year
    return (
        any(_unit_prices(unit, sentence, large, personal) for unit in each)
        or bool(yearly and _steps_before(text, context))
        or bool(re.search(r"每[人名位家户]?每?个?(?:月|天|日|晚)", words))
    )


def is_unit_price(text: str, group: Group, context: Context) -> bool:
    """Whether the sum is a price for each unit rather than a sum for the beneficiary."""
    sentence = text[context.sentence_start : context.sentence_end]
    value = max(q.value for q in group.members)
    after = _PER_AFTER.match(context.after)
    personal = _is_personal(text[context.sentence_start : group.start], context.after)
    if after:
        yearly = after["unit"].startswith("年") and (value < _SMALL or personal)
        return yearly or _unit_prices(after["unit"], sentence, value >= _SMALL, personal)
    if re.search(
        r"每(?:再|新|同比|环比|净)?(?:增加|新增|递增|净增|突破|增长|增|提高|超过|超|满"
        r"|达到?)?\d[^，。；]{0,14}$",
        context.clause,
    ) or _EACH_STEP.search(context.clause):
        return True
    words = _without_brackets(_since_comma(context) if context.link is None else context.link)
    if _YEAR_END.search(words):
        return False
    if _is_named_price(sentence, words, context):
        return True
    if value >= _SMALL and _HONOUR_EACH.search(
        _without_brackets(text[max(context.sentence_start, group.start - 120) : group.start])
    ):
        return False
    if _FACE_VALUE.search(words) or _PRIZE.search(words):
        return False
    if re.search(r"每[人名位]每?年|[人生户亩床]均[^，。；\d]{0,10}$", words):
        return True
    if context.link is not None and _RAISED_LINK.fullmatch(context.link):
        words = _without_brackets(context.clause)
    if _ONE_MORE.search(words) or _MONTHLY.search(words) or counted.is_for_another(words, context.after):
        return True
    if personal and re.search(r"每(?:一)?年(?!度?(?:考核|评))(?:度)?[^，。；\d每]{0,16}$", words):
        return True
    if "每" in words:
        return _each_of_words(text, sentence, words, context, large=value >= _SMALL, personal=personal)
    if re.search(r"各$|各(?:给予|奖励)?$", context.before):
        return False
    return bool(_steps_before(text, context))


# 按月发放岗位补贴1450元; 每月发放租房补贴，博士2500元、硕士1500元
_BY_PERIOD: Final = re.compile(
    r"(?:^|[^每])按(?:月|日|天|学期)(?![^，。；\d]{0,12}(?:一次性|最高|总额))[^，。；\d每]{0,20}$"
)
_PERIOD_AHEAD: Final = re.compile(
    r"[每按](?:[人名位]每)?个?(?:月|日|天)[^，。；\d]{0,16}(?:补[贴助]|津贴|资助|生活费)(?:标准)?(?:为|如下)?[，：]"
    r"[^，。；\d最总]{1,10}$"
)
# 亩补400元, 吨奖50元: 每 left out
_BRIEF_UNIT: Final = re.compile(
    r"(?:^|[，；：的])(?:再|另)?(?:[^，。；\d每]{0,8}亩|[吨头只羽株]|度电|方水)(?:均)?(?:再|另)?(?:补[贴助]?|奖励?|贴补)(?:标准)?为?$"
)
# 按中级工5000元、高级工6000元的年人均标准
_MEAN_AHEAD: Final = re.compile(
    r"(?:、[^，。；、\d]{1,10}\d[\d.]{0,8}[万亿]?元){0,8}的?(?:每[年月]|[年月])?人均(?:补[贴助])?标准"
)
# 每亩保费30元，农户只交6元，其余24元由财政承担
_REST: Final = re.compile(r"(?:其余|剩余|余下|不足)(?:部分)?的?$")
_PRICE_EACH: Final = re.compile(r"每[亩头只人户吨羽株床辆][^，。；\d]{0,8}\d")
# 每店补助2万元，一家企业一年最多补5家店: the beneficiary has several
_SEVERAL: Final = re.compile(
    r"，(?:[一每单同][家户个一])(?:企业|单位|商户|主体|公司)?[^。；\d]{0,12}(?:\d年)?[^。；\d]{0,8}\d{1,2}[家个](?:[门网]?店|[^，。；元]{0,6}为限)"
)
_EACH_SHOP: Final = re.compile(r"每[家个]?[门网新]{0,2}店[^，。；\d]{0,8}$")
# 每张抵50元: what a voucher is worth
_FACE_VALUE: Final = re.compile(r"每[张次][^，。；\d]{0,4}(?:抵[扣用]?|面值|面额)(?:为)?$")
# 对获奖个人每名奖励5万元
_PRIZE: Final = re.compile(
    r"(?:获奖|获评|当选|入选|受表彰)的?(?:个人|人员|选手|者)[^，。；\d]{0,4}每[人名位]"
)


def _is_named_price(sentence: str, words: str, context: Context) -> bool:
    """Whether the period or the unit stands a little away from the sum, or without its 每."""
    before = _without_brackets(context.before)
    return bool(
        _BY_PERIOD.search(words)
        or _PERIOD_AHEAD.search(before)
        or _BRIEF_UNIT.search(words)
        or _MEAN_AHEAD.match(context.after)
        or (_REST.search(before) and _PRICE_EACH.search(sentence))
        or (_EACH_SHOP.search(words) and _SEVERAL.match(context.after))
    )


def _since_comma(context: Context) -> str:
    """The clause before the sum, with the words that a colon cuts off: ``每班补贴：亚洲10万元``."""
    return context.clause if "每" in context.clause else re.split(r"[，；]", context.before)[-1]


def _things_each(words: str) -> bool:
    """``新增托位每个1万元``: the noun that 每个 counts is a thing, not one who receives."""
    match = _EACH_OF.search(words)
    if not match:
        return False
    things = list(_THING_NOUN.finditer(match["words"]))
    return bool(things) and not _RECEIVER.search(match["words"], things[-1].end())


def _steps_before(text: str, context: Context) -> bool:
    """``每成功推荐1个企业…的，给予1万元奖励``: the unit stands in an earlier clause of the sentence."""
    head = text[context.sentence_start : context.sentence_end]
    position = head.find(context.clause) if context.clause else len(head)
    earlier = _without_brackets(head[: position + len(context.clause)])
    steps = list(_STEP_GRANT.finditer(earlier))
    if counted.YEAR_END.search(earlier):
        return False
    if not steps:
        return bool(counted.VEHICLE.search(earlier)) or _carried_over(text, context)
    between = earlier[steps[-1].end() :]
    if re.search(r"各$", context.before) or _OWN_RECEIVER.search(between):
        return False
    return not re.search(r"\d+(?:\.\d+)?[万亿]?元(?!台阶|整数)[^，。；]{0,4}(?:奖|补)", between)


# 每毕业1家高企奖励3万元，考核A类载体再奖励30万元: a sum for somebody else
_OWN_RECEIVER: Final = re.compile(
    r"\d[万亿]?元，(?!其中|同时)[^，。；\d每]{2,20}(?:企业|机构|载体|平台|基地|单位|园区|孵化器|中心|团队|学校|协会)的?"
    r"(?:再|另|另外|还)(?:给予)?(?:奖励?|补[贴助]?|资助)[^，。；\d每]{0,8}$"
)


_STEP_VERB: Final = re.compile(r"每(?:成功|新|多|再)?(?P<verb>[招吸安输介引推培聘带录转组接销帮救][一-龥])")


def _same_measure(earlier: str, clause: str) -> bool:
    """每引进一个投资5000万元以上项目，奖励2万元；投资1亿元以上的…: the next step is measured by the same thing."""
    step = _STEP_GRANT.search(earlier)
    thing = re.match(r"(?P<noun>[一-龥]{2,8}?)(?:额|达|达到)?\d", clause)
    return bool(step and thing and re.search(thing["noun"] + r"[^，。；\d]{0,2}\d", earlier[step.start() :]))


def _carried_over(text: str, context: Context) -> bool:
    """``每列满400人的，奖励3万元；满600人的，5万元`` and ``每新增1名工程师。奖励2万元``: the unit stands before."""
    at = context.sentence_start - 1
    if at < 0:
        return False
    begin = max((text.rfind(mark, max(0, at - 120), at) for mark in "。；"), default=-1) + 1
    earlier = _without_brackets(text[begin:at])
    if text[at] == "；" and not re.match(r"满|达|超过|年飞行|年运量|年开行", text[at + 1 : at + 4]):
        verb = _STEP_VERB.search(earlier)  # 每安置一名…，补助1500元；安置残疾人的，补助2500元
        same_verb = verb is not None and text.startswith(verb["verb"], at + 1)
        return same_verb or _same_measure(earlier, text[at + 1 : at + 12])
    if text[at] == "。" and re.search(r"\d[万亿]?元", earlier):
        return False
    return bool(_STEP_GRANT.search(earlier) or counted.BY_VEHICLE.search(earlier))


def _without_brackets(words: str) -> str:
    """Words without bracketed asides, also one that was cut open on the left."""
    words = re.sub(r"（[^（）]{0,60}）", "", words)
    return re.sub(r"^[^（）]{0,60}）", "", words)


_HONOUR: Final = re.compile(
    r"获奖|获得[^，。；]{0,20}(?:奖|称号|荣誉)|评为|评选|当选|入选|命名|授予|表彰|选手"
)


# 累计满400座的，每座奖励50元
_SEAT: Final = re.compile(r"座(?![位席]?(?:城|桥|站|楼|园|厂|库))")
# 在外地开设专卖店，每店补助5万元: one owner has several
_OPENS_SHOPS: Final = re.compile(
    r"(?:在|到|赴)[^。；]{2,24}(?:开设|开办|新开|设立|新设|布局|开)[^。；]{0,16}店|(?:平台|线上)[^。；]{0,8}店铺|开[^，。；]{0,8}店铺"
)


def _unit_prices(unit: str, sentence: str, large: bool, personal: bool) -> bool:
    """Whether a price per this unit is a unit price rather than a sum for the beneficiary itself."""
    if _SHORT_PERIOD.search(unit[:6]):
        return True
    if _PERIOD.match(unit):
        return "人" in unit[:4] or not large
    if _PERSON.match(unit):
        return (
            bool(re.search(r"职工|员工|参保", unit[:8]))
            or bool(re.match(r"^[人名位](?:每|/|·)?年", unit))
            or bool(_EMPLOYER.search(sentence) or _YEARLY.search(sentence) or _TO_EMPLOYER.search(sentence))
            or not (large or counted.is_once(sentence) or (personal and _HONOUR.search(sentence)))
        )
    if _STEP_GRANT.match("每" + unit):
        return True
    if _SEAT.match(unit) and not large and not re.search(r"一次性|建成|新建|认定", sentence):
        return True
    if re.match(
        r"(?:[个家]?(?:门|直营|专卖)?店(?!面)|[个家]?(?:奖|补|给予|资助))", unit
    ) and _OPENS_SHOPS.search(sentence):
        return True
    if unit.startswith("场") and _FARM.search(sentence):
        return False
    if re.match(r"[户家个]", unit) and (_THROUGH_OTHERS.search(sentence) or _BY_NUMBER.search(sentence)):
        return True
    if (_ENTITY.match(unit) and not _THING.match(unit)) or _ONCE_EACH.match(unit):
        return bool(_BROUGHT_SORT.search(sentence))
    return bool(re.match(r"^[一-龥㎡A-Za-z]", unit)) and not _NO_UNIT.match(unit)


def per(context: Context) -> str:
    """What a sum is per, in the words of the notice; empty if they don't say."""
    after = _PER_AFTER.match(context.after)
    if after:
        return after["unit"]
    found = re.findall(r"每([^，。；：、\d（不最给奖补]{1,10})", context.clause)
    if found:
        return "每".join(found)[:16]
    single = re.search(
        r"(单[个家户项笔场][^，。；\d不最每年]{0,6}|同一[^，。；\d不最每年]{0,6})", context.clause
    )
    return single[1] if single else ""
