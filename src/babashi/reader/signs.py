"""Weak signs that an item without a figure gives somebody something, weighed together.

The forms of ``forms`` and ``ease`` know how a gift is worded; offices have more wordings than any list. What a
form does not read may still show by several weak signs at once: somebody named at the head of the sentence, a
thing, a paper or a check less, an office that does it for them, neighbours that grant; and against it goals,
duties of offices, words that only push, rules on procedure. No sign decides alone. The weights, in tenths, are
those of a logistic regression over annotated items (the best sentence of an item stands for the item), rounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from babashi.reader.benefits import ASIDE, BANK_RELIEF, VOID

_WHOM: Final = (
    "(?:企业|个体|工商户|商户|人员|农户|农民|渔民|牧民|居民|消费者|学生|毕业生|劳动者|职工|工人|员工|个人"
    "|经营者|老年?人|残疾人|家庭|青年|妇女|军人|人才|合作社|子女|配偶|学员|患者|游客|教师|医生|博士|硕士"
    "|专家|儿童|用户|业主|租户|农场|群众|[果茶菜蚕花药棉烟薯]农|司机|骑手|车辆|货车|[外台侨客]商|[台同]胞"
    "|[外台民国]企|[外台侨]资|纳税人|参保|旅客|持[卡证]|当事人|申请人|项目|本人|家属|新业态"
    "|者(?=[，可凭免的在])|主体|机构|团队|学历|店|基地)"
)
_PUSH: Final = (
    "加强|推进|推动|深化|强化|健全|完善|加快|加大|着力|大力|持续|进一步|积极|严格|切实|全面|构建|打造|培育|提升"
    "|优化|促进"
)
_EASED: Final = (
    r"不(?:再|另|单独|必|需|用|须)[一-龥]|无[需须]|免[于予交缴提收办填检除]"
    r"|不(?:收|作|设|要求|占|受|计|限|纳入|列入|编制|开展|公告|安排|追究|中断|停|罚|强制|区分|下调|抽|断|压)"
)
_FASTER: Final = (
    r"时限[^，。；]{0,6}[压缩减]|压[缩减]|缩短|快速|加急|提速"
    r"|(?:同时|同步|并联|合并|集中|联合)(?:受理|审查|审批|办理|验收|踏勘)|即[办受修来转到]|应[办修享]尽[办修享]"
    r"|随[到时转]|互认|跨[省市区]通办|不见面|一窗受理|只填一次|多审合一|多评合一"
)
_LENIENT: Final = (
    r"包容[审期]|过渡期|容错|尽职免责|不追究|免予|首违不罚|教育提醒|慎用|先行处置|宽限|异常名录|免罚"
    r"|(?:从轻|减轻|轻微|柔性|提醒|劝导)[^，。；]{0,14}(?:罚|处理|期|为主)"
)
_HONOUR: Final = (
    r"授予|表彰|荣誉|列席|参选|推荐[^，。；]{0,20}(?:委员|代表|劳动模范|三八|称号|评选|候选)|优先推荐|评为"
)
_EQUAL: Final = (
    r"同等|一视同仁|同[价城权]|同样|平等|一样|相同|与[^，。；]{2,16}一致|同(?:市民|居民)|国民待遇"
    r"|(?:一律)?适用[于与]?[^，。；]{0,8}(?:企业|同等)|不区分|差别待遇"
)
_LEAVE: Final = (
    r"(?<![不认许])可(?!持续|靠|能|行|视|操作|控|追溯|再生|比|复制)(?:以|在|凭|按|由|先|直接|申请|选|办|自|享"
    r"|继续|参|推荐|一|同时|向|报|领|就|优先|作|低|跨|批|用|受)|允许|准许|准予|有权|任选|自选"
)

# What a sentence has; each counts once for the sentence.
SIGNS: Final[tuple[tuple[str, int, str, str], ...]] = (
    # who gets it
    ("headed by whom", 7, rf"^[^，。]{{0,12}}(?:对|为|给|凡|向|凡是)[^，。]{{1,40}}{_WHOM}", "对返乡青年，帮选店址"),
    (
        "whom as subject",
        6,
        rf"^[^，。]{{0,30}}{_WHOM}[^，。]{{0,20}}(?:，|可|均|凭|享|免|不|由|能|有权)",
        "持证农户凭证进场",
    ),
    ("whoever", 9, rf"{_WHOM}[^，。]{{0,24}}的，", "商户歇业的，随时登记"),
    (
        "whom with leave",
        3,
        rf"{_WHOM}[^，。；]{{0,14}}(?:可|有权|能|均可|即可|就能|凭|不再|无需|免)",
        "渔民可选泊位",
    ),
    (
        "eased for whom",
        2,
        rf"^(?![^，。]{{0,3}}(?:{_PUSH}|鼓励|引导))(?=.*{_WHOM})"
        rf".*(?:{_EASED}|{_FASTER}|{_LENIENT}|{_HONOUR}|{_EQUAL}|{_LEAVE})",
        "农户的证件随到随办",
    ),
    ("family", 6, r"(?:子女|配偶|家属|父母|亲属|孩子)[^。；]{0,30}(?:入|就|读|随|落|工作|学|医|安排|解决|办)", "子女就近入园"),
    # what they get
    (
        "a thing",
        2,
        r"用地|土地|指标|厂房|场地|场所|摊位|房|公寓|仪器|设备|平台|数据|算力|水、?电|[供用][水电气]|管网|道路|通讯|外线"
        r"|接口|接入|种子|苗|农机|券|餐|体检|编制|名额|岗位|电价",
        "腾出摊位",
    ),
    (
        "something done",
        8,
        r"(?:提供|开放|安排|配备|配套|配置|预留|拿出|保障|供应|解决|设立|开设|开通|设置|统筹|铺设|接至|发放|颁发|派驻"
        r"|选派|派出|投放|给[予出]?|赋予|享[受有]?|纳入|增加|核发|划定|承担|负责)",
        "开设咨询日",
    ),
    (
        "help in person",
        9,
        r"免费|无偿|专[窗席员班线柜场]|窗口|一对一|一[企人事]一|上门|代[办写]|帮办|领办|全程|绿色通道|快速通道|直通车|热线"
        r"|包[联保干]|驻企|特派员|服务专?员|助理|联络员|联系(?:\d|企业)|管家|结对|跟踪服务|走访|卡|一站式|一件事"
        r"|白名单|帮[助扶带]|协[助调]|指导|辅导|对接|推介|展示|推送",
        "每月走访一次",
    ),
    (
        "by an office",
        13,
        r"由[^，。；]{2,20}(?:局|委|办|部门|院|厅|科|所|站|中心|政府|单位|领导|公司|机关|银行|财政|[区市县]里)"
        r"[^，。；]{0,20}(?:安排|办理|解决|提供|协调|统筹|负责|落实|承担|办|认定|推荐|保障|授予|颁发|指导)",
        "进场由商务局协调",
    ),
    (
        "money",
        9,
        r"奖励|补[助贴]|资助|经费|费用|收费|租金|税|价格?|成本|减半|利息|返还|支持资金|奖金|工本费|出让金|工资",
        "成本由店主自定",
    ),
    ("less", 7, r"下限|只收|减|降|免|缓|低于|优惠|让渡|返|折|半", "下限收取"),
    (
        "credit",
        5,
        r"贷款|续贷|信贷|授信|抵押|质押|担保|融资|展期|保函|发债|债券|上市|基金|风险补偿|借款|周转|转贷|垫付|预付"
        r"|赊|分期|延期|缓|账期",
        "账期放长",
    ),
    (
        "credit for whom",
        7,
        rf"{BANK_RELIEF.pattern}|续贷|不抽贷|信用贷|循环贷|“[^”]{{2,10}}[贷保]”|同等|专属(?:产品|额度)|优惠利率",
        "循环贷随借随还",
    ),
    (
        "own choice",
        6,
        r"自主(?!创新|品牌|研发|知识)|自行|自愿|自选|使用权|所有权|决定权|支配权|包干|直接",
        "课题经费包干",
    ),
    (
        "kept or widened",
        3,
        r"保留|保持|维持|不变|接续|延续|连续计算|合并计算|有效期|顺延|延长|过渡期|放宽|扩大|提高|放开|取消|突破|松绑"
        r"|豁免",
        "原职称接续",
    ),
    (
        "right of standing",
        5,
        r"落户|入户|迁入|随迁|入学|就读|入[园托]|就近|转学|学位|职称|评审|参评|报考|签证|居留|许可|通行证|资格|编制|档案"
        r"|户口|工龄|公职|待遇|绿卡|聘任|认定|采认|互认|承认|登记|注册|执照|办照|注销|报建|经营|摆摊|采购|投标"
        r"|招标|参与",
        "集市摆摊",
    ),
    ("honour", 3, _HONOUR, "评为好店"),
    # what they are spared
    ("spared", 11, _EASED, "进场不设门槛"),
    (
        "offices must not",
        4,
        r"(?:不得|严禁|不准|禁止|不许|不能)[^，。；]{0,24}(?:检查|收取|拒|设置|设定|要求|限制|干涉|入企|进企"
        r"|盘查|强制|前置|为由|差别|扣押|抽贷|压贷|断贷|附加|增加|歧视|停[水电工产]|干预|限定)"
        r"|任何(?:单位|部门|个人|机关)[^，。；]{0,12}不得",
        "不得附加别的要件",
    ),
    (
        "checks bound",
        11,
        r"(?:减少|降低|不超过|每年|两年|一年|除[^，。；]{2,30}外)[^，。；]{0,20}(?:检查|抽查|查验|监测|频次)"
        r"|不[^，。；]{0,10}检查|检查[^。；]{0,30}(?:须|需)[^。；]{0,12}(?:批准|同意|备案|出示|持)|宁静",
        "一年抽查一次",
    ),
    ("lenient", 7, _LENIENT, "给三个月宽限"),
    ("faster", 2, _FASTER, "登记加急"),
    (
        "soon",
        6,
        r"(?:\d|[一二两三四五六七八九十])+个?(?:工作日|小时|天|日)内?[^，。；]{0,8}(?:办|完成|修复|答|解决|受理|审|出|发"
        r"|核)|当[日天场]|即时|立等|马上|限时|一次[性办]|优先(?!发展|考虑|序)|简化|减少|减[环材]|一网|[网线掌]上"
        r"|网办|自助|自动",
        "当场领取",
    ),
    ("equal", 0, _EQUAL, "城乡同价"),
    ("first", 6, r"优先(?!发展|考虑|序|于)", "优先进场"),
    ("leave", 4, _LEAVE, "准许外摆"),
    (
        "paper",
        7,
        r"承诺制?|容缺|备案|证明|凭[^，。；]{2,16}(?:办|登记|入|落|领|即|购|申|就)|填表|表格|公示期",
        "凭身份证登记",
    ),
    # how it is said
    ("a figure", 5, r"\d", "3处"),
    ("so many each", 2, r"每[^，。；]{0,8}\d|\d+[名个户人次]|[一二两三\d]次", "每村2名"),
    ("named scheme", 6, r"“[^”]{2,14}”", "“好邻居”"),
    ("condition met", 8, r"(?:符合|具备|满足)[^，。；]{0,10}条件|依法(?:设立|注册|登记)|信用[良好]", "符合入场条件"),
    ("long", 4, r"^.{100}", "一二三四五六七八九十" * 10),
    # against it
    ("pushing", -1, _PUSH, "持续努力"),
    (
        "pushing head",
        -5,
        rf"^[^，。]{{0,3}}(?:{_PUSH}|规范|建立|建设|开展|组织|实施|发挥|引导|鼓励|督促|倡导)",
        "规范市场",
    ),
    ("abstract", -4, r"体系|机制|水平|能力|环境|氛围|意识|作用|质量|格局|体制|制度|模式|力度|合力|布局|发展", "营造氛围"),
    (
        "goal",
        -6,
        r"力争|达到?\d|到20\d\d年|增长\d|(?:全年|年内|今年|累计)[^，。；]{0,20}\d|新增[^，。；]{0,12}\d|建成"
        r"|培育[^，。；]{0,10}\d|完成[^，。；]{0,12}\d|目标|覆盖率|比重|增速|底前|\d+[万亿]?[元家个户条](?:以上)?$",
        "力争全省领先",
    ),
    (
        "urging",
        -6,
        r"鼓励|引导|倡导|督促|呼吁|支持[^，。；]{0,20}(?:发展|建设|开展|做大|参与|创新|转型|企业)|探索|研究|争取|试点|推广"
        r"|谋划",
        "研究办法",
    ),
    (
        "duty of offices",
        -7,
        r"各(?:级|地|部门|单位|镇|乡|县|区|市|有关|相关|责任|科室)[^，。；]{0,16}(?:要|应|须)|主管部门|按照?职责"
        r"|要(?:把|将|加|高|切|认|严|及|按|积|以|进|组织|做|建|结合|主动)|确保|做好|抓好|落实(?!好)",
        "做好衔接",
    ),
    (
        "policing",
        -7,
        r"查处|打击|整治|处罚(?!，)|问责|追回|取消[^，。；]{0,6}资格|骗取|虚[报假]|弄虚作假|监管|监督|督[查办导]|责令|惩"
        r"|移送|举报|审计|约谈|通报|隐患|防[范控]|排名|末位|拖欠",
        "末位约谈",
    ),
    (
        "running the office",
        -4,
        r"考核|绩效|评估|评价|统计|监测|宣传|报道|会议|联席|领导小组|工作组|领导|报送|调度|台账|清单|总结|公开|公布|公示"
        r"|解释|施行|印发|方案|细则|实施办法|规划|计划|组织|预算|资金管理",
        "建立台账",
    ),
    (
        "procedure",
        -3,
        r"申[报请](?!人)|审[核定批]|受理|提交|提供[^，。；]{0,12}(?:材料|证明|复印件)|拨付|验收|公示|材料|程序|流程|表"
        r"|盖章|填[写报]",
        "先盖章",
    ),
    ("definition", -4, r"是指|所称|包括|属于|本(?:办法|意见|措施|政策|通知|细则|规定)|上述|以上|下列|如下|同一|重复", "下列情形"),
    (
        "building",
        -1,
        r"(?:建设|建立|搭建|完善|组建|成立|制定|出台|编制|构建)[^，。；]{0,20}(?:体系|机制|平台|中心|制度|基地|园区|库|办法"
        r"|标准|方案|网络|工程|小组|专班)|基础设施|产业链|集群|示范",
        "制定标准",
    ),
    (
        "whom must",
        -4,
        rf"^[^，。；]{{0,20}}{_WHOM}[^，。；]{{0,8}}(?:应(?!届|用|急|聘|保|收|享|修|答)|须|必须)|对象(?:为|是|：|包括|应|按)"
        r"|^[^，。；]{0,8}(?:应当|须|必须)",
        "商户须亮证",
    ),
    (
        "wrong charges",
        -9,
        r"摊派|乱收费|拉赞助|登记卡|有权拒|收费许可证|收费目录",
        "严禁向村组拉赞助",
    ),
    ("complaints", -5, r"投诉|质疑|诉求|12345|举报|信访|复核|申诉", "畅通信访"),
    (
        "banks urged",
        -7,
        r"(?:鼓励|引导|推动|支持|督促|指导)[^，。；]{0,16}(?:银行|金融|投资机构|社会资本|保险机构|基金)",
        "引导社会资本",
    ),
    ("void", -10, VOID.pattern, "结余退回"),
    ("aside", -12, ASIDE.pattern, "就高执行"),
    (
        "bank told",
        -12,
        r"(?:银行|金融|信贷|授信)[^，。；]{0,6}机构|(?:商业|各|法人)银行|信用社|信贷(?:总量|投放|计划)|容忍度|贷款(?:余额|增速)",
        "信贷总量平稳",
    ),
    (
        "vague",
        -4,
        r"一[企事]一[策议]|(?:优惠(?:政策|条件|待遇)|扶持政策|(?:相关|现行|有关|培育)政策)[^，。；]{0,6}$|更(?:加|多)?优惠|倾斜"
        r"|按[^，。；]{0,12}(?:政策|规定)执行",
        "实行一企一策",
    ),
)
# What the title of an item shows for every sentence below it.
TITLES: Final[tuple[tuple[str, int, str, str], ...]] = (
    (
        "title of ease",
        11,
        r"放宽|取消|允许|减|免|便利|优惠|优先|平等|同等|保障|松绑|扩大|畅通|降低|简化|帮[扶助]|解决|自由|包干|直通|专员"
        r"|管家|绿色通道|承诺|容[缺错]|续贷|融资|开放|落户|入学|子女|住|医|用[地水电]|土地|服务(?!体系)|自主|权益|认定",
        "放宽登记",
    ),
    (
        "title that pushes",
        -4,
        rf"^(?:{_PUSH}|建立|建设|开展|组织|实施|发挥|引导|督促|倡导|做[好强大]|发展)",
        "做强品牌",
    ),
)
OTHERS: Final[dict[str, int]] = {
    "title alone": -13,
    "title above": 8,
    "departments": 9,
    "over 120": 3,
    "over 200": -6,
    "over 320": 0,
    "question": -14,
    "siblings": 18,
    "all": 11,
    "neighbours": 16,
}
BASE: Final = -59

_DEPARTMENTS: Final = re.compile(
    r"（[^（）]{0,120}(?:部门|单位|局|委|办|厅|处|中心|政府|院|负责)[^（）]{0,60}）"
    r"|(?:责任|牵头|配合|参与)(?:单位|部门)[：:][^。]*|完成时限：[^。]*"
)
_SPEAKS_TO: Final = re.compile(r"(?:对|为|凡|给)(?!接|外(?![来商地资籍])|口|标|了|民|基)")
_CITED: Final = re.compile(r"《[^《》]{1,100}》")
_SENTENCE: Final = re.compile(r"[。；！]")
_COMPILED: Final = [(weight, re.compile(pattern)) for _, weight, pattern, _ in SIGNS]
_TITLES: Final = [(weight, re.compile(pattern)) for _, weight, pattern, _ in TITLES]


@dataclass(frozen=True, slots=True)
class Company:
    """What stands around an item: how many of its siblings, of all items and of its two neighbours grant."""

    siblings: tuple[int, int]
    all: tuple[int, int]
    neighbours: int

    def weigh(self) -> float:
        """The weight of company: a share of one half where there is none."""
        near = (self.siblings[0] + 2) / (self.siblings[1] + 4)
        far = (self.all[0] + 2) / (self.all[1] + 4)
        return (
            OTHERS["siblings"] * near + OTHERS["all"] * far + OTHERS["neighbours"] * self.neighbours / 2
        )


def weigh(text: str, above: str, company: Company) -> float:
    """How much speaks for an item (its words without the label, the title above it), in tenths; above 0 it grants."""
    weight = BASE + company.weigh() + sum(OTHERS[name] for name in _of_item(text, above))
    sentences = sentences_of(text)
    title = title_of(sentences)
    weight += sum(w for w, sign in _TITLES if title and sign.search(title))
    return weight + max(
        (
            sum(w for w, sign in _COMPILED if sign.search(s)) + (OTHERS["title alone"] if s == title else 0)
            for s in sentences
        ),
        default=0,
    )


def sentences_of(text: str) -> list[str]:
    """The sentences of an item, without departments and the names of documents."""
    bare = _DEPARTMENTS.sub("", _CITED.sub("《》", text))
    return [s for s in _SENTENCE.split(bare) if len(s) > 3]


def title_of(sentences: list[str]) -> str:
    """A short first sentence that others follow and that is none itself (``对老店实行挂牌保护。``)."""
    short = len(sentences) > 1 and len(sentences[0]) <= 22 and not speaks_to(sentences[0])
    return sentences[0] if short else ""


def speaks_to(title: str) -> bool:
    """Whether what stands like a title is a sentence: it begins with those for whom something is done."""
    return _SPEAKS_TO.match(title) is not None


def _of_item(text: str, above: str) -> list[str]:
    """The signs of an item as a whole."""
    found = [f"over {length}" for length in (120, 200, 320) if len(text) > length]
    if _DEPARTMENTS.search(text):
        found.append("departments")
    if "？" in text[:50]:
        found.append("question")
    if any(sign.search(above) for weight, sign in _TITLES[:1]):
        found.append("title above")
    return found
