"""What a sentence gives without needing a figure: who gives what to whom, in a few general forms.

A form is a row of word classes with at most so many characters between them: ``give 40 money`` is a verb
of giving and, within forty characters of the same clause, money by its name. Strong forms hold wherever
they stand. Weak ones (help in person, posts, training, credit, turns before others) also occur in appeals
and in orders to offices, and hold only outside of those.
"""

from __future__ import annotations

import re
from typing import Final

_PAPER: Final = r"(?!合同|协议|证|材料|凭证|申请|信息|备案|管理|使用情况|照片|清单|发票)"
_CHARGES: Final = (
    r"(?:费用?|税|租金|房租|利息|滞纳金|违约金|保证金|押金|票价|[电气水租房地]价|利率|价款|支出|成本|罚息|差价|差额|损失|开支|花费)"
)
_WORDS: Final[dict[str, str]] = {
    "give": r"(?:给予|发放|兑现|补发|颁发|发给|提供|落实)(?!支持|重点|优先|适当倾斜|倾斜|政策|对象)",
    "get": r"(?:享受|享有)(?!优先|重点)",
    "can": r"(?:可|能够|有权|按[月季年]|每[月季年]|自动|均)",
    "ask": r"(?:申请|申领|享受|领取|获得|获取|获)",
    "set": r"(?:(?<!企业)提供|配租|分配给|赠送|投放|拿出|腾出|划出|优先供应|发放)",
    "money": (
        r"(?:奖励|奖补|奖金|奖资|补助|补贴|资助|贴息|补偿|返还|减免|津贴|安家费|生活费|薪酬|启动资金|创业资金|报销|救助|慰问金"
        r"|保险金|抚恤金|救济金|助学金|奖学金|工作经费|专项经费|(?:资金|经费)(?:支持|扶持|资助|配套|补助)|配套资金|红包|代偿)"
        r"(?!申请|申报|材料|对象|条件|程序|名单|工作|依据|通知|办理|金额|决定|标准的|(?:资金|政策)?的|资金(?!支持|扶持|资助|补助|配套))"
    ),
    "good": (
        rf"(?:{_CHARGES}[^，。；：]{{0,4}}优惠|优惠价|使用权|承租权|服务包|第[\d一二三四五六七八九十]{{1,4}}条|以上同等待遇|贷款优惠|税收优惠(?!政策外)|[^，。；：]{{2,12}}等?方面的?(?:优惠|便利))"
    ),
    "charge": _CHARGES,
    "rest": r"(?:其余|余下|差额|不足|剩余|全部|全额|个人缴费|部分)",
    "price": r"(?:费率|收费标准|保证金|[电气水]价|电费|担保费|利率|租金|票价|首付|缴存比例|起付线|手续费|价格|收费)",
    "payer": (
        r"(?:财政|政府|国库|基金|统筹|管委会|园区|平台|主办方|承办方|[总公]会|中心|公司|集团|[市县区省镇州旗]级?|银行|学校|国家|集体)"
    ),
    "bears": (
        r"(?:承担|负担|买单|支付|补足|补齐|贴补|贴付|兜底|代缴|代为缴纳|列支|全包|报销|埋单|结算|分摊|(?:全部|全额)负责)"
    ),
    "relief": (
        r"(?:免征|减征|减免|免收|免缴|免交|减半|全免|免除|缓缴|缓征|缓交|退税|即征即退|先征后[返退]|加计扣除|加计抵减|税前(?:一次性)?扣除|减按"
        r"|不(?:再)?(?:收取|征收|收|增收|加收|另收)|免租|免息|停征|半价|[\d一二三四五六七八九]折|无还本续贷|欠费不停供|不停供|展期|留抵退税"
        r"|(?:延期|缓期)(?:缴纳|还本|还款|付息)|立减|直降|减收|抵扣|抵用|抵减|返还|免[^，。；免]{0,4}(?:租金|房租|学费|杂费|门票|手续费)|(?:全额|足额|等额)退还|(?:退还?|返还)[^，。；]{0,24}(?:保证金|押金))"
    ),
    "into": r"纳入",
    "aid": r"(?:补[助贴]|奖[励补]|支持|扶持|资助|报销|优惠|救助|援助|贴息)",
    "scope": r"(?:范围|对象)",
    "treat": r"(?:便利|待遇)",
    "by": r"(?:采[取用]|通过|以|按照?|运用|利用|用|给予|实[行施])",
    "due": r"(?:缴费|缴税|纳税|结转|还款|还贷|缴存|合同履行|履约|付息|缴交|缴纳)",
    "later": r"(?:延长|推迟|顺延|延后|延期|延缓|暂缓)",
    "way": (
        r"(?:以奖[代促][一-龥]|以补[代促][一-龥]|先[建买用租干做投缴][一-龥]?后[补奖返]|投资补助|贴息|后补助|事[前后](?:奖补|补助)|定额补助"
        r"|民办公助|资本金注入|以工代[赈训]|直接投资|直补|无偿资助|风险补偿|资金补助|财政补助|运营补贴|股权投资)"
    ),
    "support": r"(?:支持|扶持|鼓励|方式|形式|办法|补助|奖励|投入|资助|给予|推进)",
    "raise": r"(?:提高|上调|上浮|提升|增发|扩大|放宽|延长|增加|加大|拓宽|扩展|调高|上提|拓展|调整[为至到]|调至|升至|延[长至]|增至|由\d)",
    "level": r"(?:标准|额度|范围|期限|比例|上限|限额|年限|力度|档次|金额|系数|政策|系列|次数)",
    "on": r"(?:继续(?:执行|实施|落实|发放|享受|给予|按|减|免|缓|实行|阶段性|对)|延续|接续|沿用)",
    "low": r"(?:降低|下调|下浮|减低|调低|降至|降到|降为)",
    "place": (
        rf"(?:场地|场所|厂房|用房|办公室|办公空间|工位|店面|铺面|铺位|摊位|展位|住房|公寓|宿舍|房源|公租房|住处|车位|床位|学位"
        rf"|门面|仓库|农机|种子|种苗|苗木|草种|化肥|鱼苗|种公?[牛羊猪]|地膜|药品|饲料|餐食|午餐|券){_PAPER}"
    ),
    "post": rf"(?:岗位|名额|指标|编制|招生计划|容量|份额|专柜|专列|专车|包车|班车|摆渡车|直通车){_PAPER}",
    "create": r"(?:开发|拿出|募集|提供|招募|预留|奖励|归集|增加|增设|开行|开通|给予|倾斜|单列)",
    "help": (
        r"(?:一对一|点对点|面对面|上门|专人|专员|专场|绿色(?:通道|窗口)|代办|帮办|导师|诊断|导办|联络员|法律援助|辅导|现场指导|技术指导|职业指导"
        r"|就业援助|心理|健康管理|体检|疗养|接送|接驳|护理|助餐|助浴|探访|托管|维权|导诊|用工信息|岗位信息|专场招聘|招聘会|招聘活动|全程服务|专属服务|管家|托底)"
    ),
    "serve": r"(?:提供|配备|指定|组织|选派|派出|开展|建立|设立|开通|开辟|实行|享受|推送|发布|聘请|安排|举办|协助|帮助|送)",
    "send": r"(?:选派|选送|推荐|组织|优先安排|安排|资助)",
    "whom": (
        r"(?:企业|个体|工商户|商户|人员|农户|农民|渔民|牧民|居民|消费者|学生|毕业生|劳动者|职工|工人|员工|个人|经营者|老[年]?人|残疾人|家庭|青年|妇女|军人|军属|团队"
        r"|人才|主体|合作社|子女|配偶|学员|患者|游客|运动员|教师|医生|博士|专家|农民工|儿童|孕|用户|业主|租户|农场|社会组织|机构|群众|司机|骑手|创业者|货车|客车|车辆|船舶|场站|商家|门店|工厂)"
    ),
    "teach": r"(?:培训|研修|进修|轮训|跟岗|学徒制|集训|访学|游学|实训|考察学习)(?!机构|中心|基地|学校|班次|计划书)",
    "lend": r"(?:贷款|信贷|授信|担保|转贷|贷”?|借款|增信|续贷|周转金|信用保险|融资)(?!需求|信息|平台|难|机构)",
    "first": r"优先(?!考虑|支持|推荐申报|审核|受理申请|级|于|序)",
    "before": r"优先(?=$|，)",
    "got": (
        r"(?:享受|入住|租住|租赁|承租|入学|入读|就读|就诊|就医|安置|录用|聘用|招录|配置|配租|立项|录取|吸纳|选房|采购|挂号|取药|住院|检票|乘车|购票|登机|安排[^，。；]{0,6}(?:公办|入学|就业|住房|体检|疗养))"
    ),
    "right": (
        r"(?:入住|租住|承租|入读|就读|就学|入学|择校|乘坐|参观|游览|抵扣|抵减|提取|结转|直接(?:认定|聘|参评|考核)|破格|免试"
        r"|免考|缓缴|分期缴|减按|报销|兑换|选择[^，。；]{0,8}学校)"
    ),
}
_FORM: Final = re.compile(r"([a-z]+)|(\d+)")


def _form(row: str) -> re.Pattern[str]:
    """``give 40 money`` as a pattern; the words of a form stand in one clause."""
    parts = (
        rf"[^，。；：]{{0,{gap}}}?" if gap else f"(?:{'|'.join(_WORDS[w] for w in word.split('_'))})"
        for word, gap in re.findall(r"([a-z_]+)|(\d+)", row)
    )
    return re.compile("".join(parts))


_STRONG: Final = [
    _form(row)
    for row in (
        "give 40 money",
        "give 16 treat",
        "get 24 money",
        "get 16 good",
        "can 16 ask 24 money_good",
        "by 30 way 12 support",
        "charge 16 payer 16 bears",
        "payer 16 bears 20 charge",
        "rest 8 payer 12 bears",
        "relief",
        "raise 24 money 8 level",
        "into 24 aid 8 scope",
        "money 12 level 16 raise",
        "on 24 money_relief",
        "money_relief 16 on",
        "low 16 price",
        "price 16 low",
        "due 16 later",
        "later 16 due",
    )
] + [
    re.compile(pattern)
    for pattern in (
        r"(?:补[助贴]?|奖励?|贴|给|发|减|奖金|得|资助)(?:新台币[^，。；\d]{0,8})?\d[\d,.]*[万亿]?(?:[港美欧日]?元|新台币)|核贷[^，。；]{0,6}\d",
        r"(?:出资|统一|全额|代为)[^，。；]{0,24}(?:购买|投保|缴纳|参保|办理)[^，。；]{0,16}险",
        r"费率[^，。；]{0,10}不(?:超过|高于)|(?:执行|按)[^，。；]{0,16}(?:居民|优惠|农业)[^，。；]{0,8}(?:价格?|类?标准)",
        r"免费(?!率)|无偿(?!转让)|零(?:租金|费用|成本|首付|收费)|兜底采购|(?:保护|保底|最低收购)价",
        r"(?:为|向|给|每[户人村])[^，。；]{0,24}(?:提供|发放|赠送|配送|配发|送)[^，。；]{0,12}[一两二三四五六七八九十\d](?:次|份|杯|个|套|张|台|本|只|袋|亩|吨|件|盒|辆|瓶|头)",
        r"与[^，。；]{1,6}同价|(?:补[助贴]费?|奖金|津贴)标准(?:为|是|按|参照|：)(?!由|另|以|见)|贴[^，。；补息]{0,6}利息|利息[^，。；]{0,12}(?:贴|补)",
        r"按[^，。；]{0,4}(?:成本|优惠|批发|协议|最低)价[^，。；]{0,6}(?:供应|供给|提供|出售|配送|收取)",
        r"(?:[底地]价|价格|租金|收费)[^，。；]{0,12}按(?!不低于)[^，。；]{1,24}(?:执行|收取|计收|供应|出让|确定|优惠)",
        r"(?:照顾|安排|协调|解决|优先|统筹|可)[^，。；]{0,12}(?:子女|配偶|家属)[^，。；]{0,16}(?:[入就]学|[入就]读|就业|工作|安置|落户)",
        r"(?:酌情|适当|适度|定额|全额|据实|按比例|分档|一次性|等额)(?:给予)?(?:补[助贴]|奖励|奖补|资助|补偿|报销)(?!政策|申请|资金|标准|对象|的)|(?:进行|实行|实施)[^，。；]{0,6}(?:补[助贴]|奖励|奖补|资助|补偿)(?=$|[，（])",
        r"按照?[^。；]{4,60}给予[^，。；]{0,12}(?:支持|扶持|配套)|对[^，。；]{0,12}\d[^，。；]{2,30}给予支持|享受[^，。；]{0,24}政策，(?:包括|在)|财政(?:资金)?对[^，。；]{1,40}给予(?:重点|优先|资金)?支持",
        r"(?:资金|贴息|补[助贴]|购置|器材|场地|租金|费用?|经费|装修|设备)[^。；]{0,30}方面[^，。；]{0,6}给予[^，。；]{0,8}(?:扶持|支持|资助|倾斜)|在[^。；]{2,30}方面[^，。；]{0,6}享受",
        r"费率[^，。；]{0,8}(?:继续)?按\d",
        r"(?:发放|投放|派发|推出|赠送|发行|领取|派送)[^，。；]{0,24}(?:(?<![债证])券|红包|年卡|惠民卡|大礼包)",
        r"(?:补贴|补助|资助|报销)(?!资金|项目|政策|标准|对象)[^，。；：]{2,14}(?:费用|费(?![者用户])|租金|利息)(?=$|[，、的])",
    )
]
_WEAK: Final = [
    _form(row)
    for row in (
        "set 24 place",
        "create 24 post",
        "send 20 whom 30 teach",
        "give 24 lend",
        "can 16 ask 24 lend",
        "create 24 lend",
        "raise 24 lend 8 level",
        "lend 8 level 16 raise",
        "first 16 got",
        "got 12 before",
        "can 16 right",
    )
]
_NAMES: Final = re.compile(r"《[^《》]{1,100}》|（[^（）]{0,60}(?:部门|单位|局|委|办|厅)[^（）]{0,60}）")
_HELP: Final = [_form("serve 24 help"), _form("help 16 serve")]
_WHOM: Final = _form("whom")


# clauses that rule on something else: who asks and how, who looks after the money, who is left out
_ASIDE: Final = re.compile(
    r"^除[^，]*外$|(?:不(?:得|能|可)?|无法|未)(?:再|予)?(?:给予|享受|获得|发放|领取|兑现)|(?:只能|仅|限)[^，]{0,8}(?:享受|申请|申领|领取)|不再(?:给予|享受|重复)|不给予|不予(?!收|计|征)|不得(?:享受|申请|申报|重复|同时)|取消[^，。；]{0,10}(?:资格|申请|补贴|奖励|享受)|列入[^。]{0,8}(?:名单|预算)"
    r"|办理时[间限]|停止(?:发放|享受)|考核不合格|享受本[^，。；]{0,10}政策|^本(?:实施)?(?:细则|办法|政策|措施|意见|规定)|就高|从高|不重复"
    r"|(?:相关|有关)?(?:政策|规定|政策规定|要求)给予(?:相应|一定|重点)?支持|另有规定|资金来源|纳入[^，。]{0,8}预算|公示|提交|库款保障|支出进度|预算执行"
    r"|(?:由|负责|进行|严格|组织|初步)[^，。；]{0,16}审[核批](?!费)|(?<!经)审[核批](?:后|通过|同意|确定|认定|拨付|程序|流程|结果|表|$)|^[^，]{0,12}(?<!经)审[核批]|(?<!原)(?<!新)(?<!筑)(?<!包装)材料|应承诺|按规定执行$|(?:拨付|发放|划拨|支付)(?:到|至)|细则|预拨|分担比例|(?:共同|按比例)(?:分担|负担)|共担|[没未](?:有|得再|曾)?享受过"
    r"|由[^，。；]{1,16}(?:自行|协商)(?:协商)?分配|(?:奖励|补[助贴])[^，。；]{0,8}的原则|(?:资金|经费)由|申领[^，。；]{0,6}(?:流程|程序|方式)"
)
# sentences that take away, define or urge
_VOID: Final = re.compile(
    r"追回|追缴|收回|退回|骗取|套取|弄虚作假|违规|所称|是指|终止|鼓励其他|鼓励各|鼓励业主|研究(?:制定|出台)|探索|请(?:各|按照|及时)|申请[^，。]{0,12}(?:等)?项目的"
    r"|不(?:对|向)[^，。；]{1,30}(?:给予|奖励|补[助贴])|(?:应|须|需|要求|责令)[^，。；]{0,12}(?:退还|缴回|归还|返还)|退还[^，。；]{0,12}(?:奖励|补[助贴]|资助|扶持)"
    r"|鼓励[^，。；]{0,10}免费|鼓励用人单位"
)
# 经审核后，兑现奖励: how it is paid, not what
_VETTED: Final = re.compile(r"审核|审定|审批|批准")
_PAID_OUT: Final = re.compile(r"兑现|核拨|拨付")
# offices that are told what to do, and people who are only encouraged
_ORDERS: Final = re.compile(
    r"各[^，。；]{1,16}(?<!主)要|(?<![主需])要(?:把|将|加|高|切|认|严|及|按|积|以|进|指|组织|做|建|结合|主动)|应当|必须"
)
_URGES: Final = re.compile(
    r"鼓励|引导|倡导|推动|督促|加强|健全|建立健全|研究|完善[^，。；]{0,10}(?:机制|体系|制度)|力争"
)
# Banks are urged or told, nothing is granted: 鼓励金融机构适当下调贷款利率, 各银行机构不得抽贷
_BANKS: Final = re.compile(
    r"(?:银行|金融|信贷|授信)[^，。；]{0,6}机构|驻[^，。；]{1,4}(?:银行|金融)|商业银行|各银行|农发行|[分支]行"
)
_BANK_RELIEF: Final = re.compile(
    r"贴息|贴补|补偿|补贴|补助|奖励|减免|免收|担保费率|风险分担|转贷(?:基金|资金)|应急(?:转贷|周转)|延期还本付息"
)
_SENTENCE: Final = re.compile(r"[。；！]")


def tangible(text: str) -> bool:
    """Whether some sentence gives something, be it without a figure."""
    return any(_sentence_gives(sentence) for sentence in _SENTENCE.split(text) if sentence)


def _sentence_gives(sentence: str) -> bool:
    if _VOID.search(sentence) or (_BANKS.search(sentence) and not _BANK_RELIEF.search(sentence)):
        return False
    clauses = [clause for clause in sentence.split("，") if not _ASIDE.search(clause)]
    if _VETTED.search(sentence):
        clauses = [clause for clause in clauses if not _PAID_OUT.search(clause)]
    kept = "，".join(clauses)
    if any(form.search(kept) for form in _STRONG):
        return True
    if _ORDERS.search(sentence):
        return False
    calm = "，".join(clause for clause in clauses if not _URGES.search(clause))
    return any(form.search(calm) for form in _WEAK) or (
        _WHOM.search(sentence) is not None and any(form.search(calm) for form in _HELP)
    )


# what is done in someone's favour; enough only beside items that grant
_FAVOUR: Final = re.compile(
    r"优先(?!考虑|选择|于|安排[^，。；]{0,12}用地)|同等(?!条件)|同价|一视同仁|直接(?:认定|聘|享受|办理|考核|参加)|不受|不占|不计入|不纳入|就近|免(?!疫)|优惠|可(?:在|凭|直接|选|申请|享受)"
    r"|供应(?!链|商)|延至|放宽|[一二三四五六七八九\d]折|赠|送|协助|兜底|保底|落户|入学|安置|照顾|同步"
)
# duties, goals and conditions
_RULES: Final = re.compile(
    r"应(?!用|急|届|聘|对|补|享|急)|须|不得|负责|填写|盖章|\d年内|到20\d\d年|争取|积极|重点(?:引进|培训|培养|推进)|[对主]象|(?<!合)条件|界定|名词"
)


def favours(text: str) -> bool:
    """Whether a text names someone and does something in their favour, without urging, ordering or ruling."""
    clauses = re.split(r"[，。；！]", _NAMES.sub("", text))
    if any(f.search(text) for f in (_VOID, _URGES, _ORDERS, _BANKS, _RULES)) or any(_ASIDE.search(c) for c in clauses):
        return False
    return len(text) < 160 and _WHOM.search(text) is not None and _FAVOUR.search(text) is not None
