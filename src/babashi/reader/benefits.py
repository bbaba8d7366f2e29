"""What a sentence gives without needing a figure: who gives what to whom, in a few general forms.

``forms`` has the forms themselves. Strong ones hold wherever they stand. Weak ones (help in person, posts,
training, credit, turns before others) also occur in appeals and in orders to offices, and hold only outside
of those.
"""

from __future__ import annotations

import re
from typing import Final

from babashi.reader.ease import EASE, GUARD
from babashi.reader.forms import HELP, STRONG, WEAK, WORDS, any_of, compile_row
from babashi.reader.mild import MILD

_FIRM: Final = [compile_row(row) for row, _ in STRONG]
_MILD: Final = [compile_row(row) for row, _ in MILD]
_STRONG: Final = [*_FIRM, *_MILD]
_WEAK: Final = [compile_row(row) for row, _ in WEAK]
_HELP: Final = [compile_row(row) for row, _ in HELP]
_EASE: Final = [compile_row(row) for row, _ in EASE]
_NAMES: Final = re.compile(r"《[^《》]{1,100}》|（[^（）]{0,60}(?:部门|单位|局|委|办|厅)[^（）]{0,60}）")
_FAVOURED: Final = re.compile(
    rf"{WORDS['whom']}|基地|场馆|平台|园区|产品|在建工程|渔船|[医技律]师|网店|作坊|摊[点位贩]|贫困|项目(?!资金|库|单位应)|大户|军嫂|家属"
)
_SERVES: Final = re.compile(
    rf"(?:提供|推出)[^，。；]{{2,40}}服务|(?:指导|帮助|协助)[^，。；]{{0,4}}{WORDS['whom']}(?!防范|建立"
    rf"|落实|规范|做好|严格)"
)
_HELPS: Final = compile_row("help")
_SERVED: Final = re.compile(
    rf"{WORDS['whom']}|(?:重[大点]|[外投]资|招商|签约|落地|[新改扩]建)[^，。；]{{0,4}}项目"
)


# clauses that rule on something else: who asks and how, who looks after the money, who is left out
ASIDE: Final = any_of(
    r"^除[^，]*外$",
    r"宣传(?!费(?!用)|经费|推广|营销)[^，。；]{0,24}政策",
    r"不(?:得|予|再)?(?:纳入|列入|属于)[^，。；]{0,12}(?:补|奖|支持|扶持|享受|资助)",
    r"(?:不(?:得|能|可)?|无法|未)(?:再|予)?(?:给予|享受|获得|发放|领取|兑现)",
    r"(?:只能|仅|限)[^，]{0,8}(?:享受|申请|申领|领取)",
    r"不再(?:给予|享受|重复|补[助贴]|奖[励补]|资助)",
    r"不给予",
    r"不予(?!收|计|征)",
    r"不得(?:享受|申请|申报|重复|同时)",
    r"取消[^，。；]{0,10}(?:资格|申请|补贴|奖励|享受)",
    r"列入[^。]{0,8}(?:名单|预算)",
    r"办理(?:以上|上述|本)[^，。；]{0,8}(?:不收|免费)",
    r"办理时[间限]",
    r"停止(?:发放|享受)",
    r"考核不合格",
    r"调整幅度|(?:起始|起算)(?:时间|日期)|扣发|扣除[^，。；]{0,6}奖励|加\d{1,2}分的奖励",
    r"由(?:用户|业主|申请人|申请单位|建设单位)(?:自行)?(?:承担|负担)",
    r"参照本(?:办法|细则|方案|政策)[^，。；]{0,4}(?:申请|申领|享受|发放|执行)",
    r"(?:奖励|补[助贴])(?:费用|资金|经费)(?:纳入|列入)",
    r"(?:免[征收缴]|减免)[^，。；]{0,4}(?:手续|申请|证明)(?!后)",
    r"(?:申请|办理)[^，。；]{0,30}(?:检测|材料|手续|证明)要求$",
    r"享受本(?![省市区县州])[^，。；]{0,36}政策",
    r"享受[^，。；]{0,8}(?:相关|相应|有关|不同)的?(?:优惠|扶持|支持)政策",
    r"^本(?:实施)?(?:细则|办法|政策|措施|意见|规定)",
    r"就高",
    r"从高",
    r"不重复",
    r"(?:相关|有关)?(?:政策|规定|政策规定|要求)给予(?:相应|一定|重点)?支持",
    r"另有规定",
    r"(?:优惠政策|减免)按照?[^，。；]{0,10}管理",
    r"资金来源",
    r"纳入[^，。]{0,8}预算",
    r"(?<!免于)(?<!免予)公示",
    r"提交",
    r"库款保障",
    r"支出进度",
    r"预算执行",
    r"(?:由|负责|进行|严格|组织|初步)[^，。；]{0,16}审[核批](?!费)",
    r"(?<!经)审[核批](?:后|通过|同意|确定|认定|拨付|程序|流程|结果|表|$)",
    r"^(?![^，]*(?:代办|帮办|免))[^，]{0,12}(?<!经)审[核批]",
    r"(?:申[请报]|[相有]关|证明|所需|提[供交]|报送|审核|以下|虚假|书面|佐证|上述|下列|哪些)[^，。；]{0,6}材料",
    r"(?<!原)材料(?:清单|：|齐全|真实|报送|[及或、]|$)",
    r"应承诺",
    r"按规定执行$",
    r"(?:拨付|发放|划拨|支付)(?:到|至)",
    r"(?:原则上|统一|直接)(?:发放|支付|补贴|拨付|兑付)?[给到至]",
    r"细则",
    r"预拨",
    r"分担比例",
    r"(?:共同|按比例)(?:分担|负担)",
    r"共担",
    r"[没未](?:有|得再|曾)?享受过",
    r"由[^，。；]{1,16}(?:自行|协商)(?:协商)?分配",
    r"(?:奖励|补[助贴])[^，。；]{0,8}的原则",
    r"(?:资金|(?<!培训)(?<!体检)(?<!检测)经费)由",
    r"(?:资金|经费)不得用于",
    r"(?:落实|保障|核定)[^，。；]{0,6}经费$",
    r"(?:所需|奖励|补[助贴]|资助|扶持)[^，。；]{0,6}(?:经费|资金)[从由在]",
    r"(?:遵循|坚持)[^，]{2,40}原则",
    r"按照?(?:其)?最高(?:额度|标准|一项|档)",
    r"可以?(?:依照|按照?|依据|根据)本",
    r"(?:补[助贴]|奖励|资金)由[^，。；]{1,10}申报",
    r"发到[^，。；]{0,8}[手户卡]",
    r"截留|挪用|克扣|冒领",
    r"(?:不准|严禁|禁止|不许)",
    r"不得[^，。；]{0,10}(?:返还|抵扣|抵顶|垫)",
    r"有异议|复评|复核",
    r"代扣代缴",
    r"逐[一户笔人台家][^，。；]{0,6}(?:复核|核查|核验|核实|比对|审核)",
    r"(?:评审|评选|评定|申报|审核|报名|办理|初审)[^，。；]{0,6}不(?:收取?|得收取)",
    r"(?:结余|用不完|剩余|未用完|当年)[^，。；]{0,12}结转",
    r"申领[^，。；]{0,6}(?:流程|程序|方式)",
    r"一[事企]一[议策]”?(?:的?方式|原则)?(?:给予|予以)(?![^，。；]{0,6}(?:资金|经费))[^，。；\d]{0,6}(?:支持|扶持)",
    r"给予[^，。；]{0,4}(?:相应|适当)的?优惠待遇",
)
# sentences that take away, define or urge
VOID: Final = any_of(
    r"责令",
    r"停止实施|支付管理费|主管部门，?负责",
    r"(?:多人|多次|联名|分别|同一)[^，。；]{0,8}举报",
    r"你[省市区县州]",  # a letter between offices
    r"监督检查",
    r"未按(?:规定|要求)",
    r"追回",
    r"追缴",
    r"收回",
    r"退回",
    r"骗取",
    r"套取",
    r"弄虚作假",
    r"(?<!轻微)违规",
    r"所称",
    r"是指",
    r"终止",
    r"已[^，。；]{0,10}(?:享受|领取|获得|获)[^。；\d]{0,30}(?:补足|补齐|补差|差额)",
    r"(?:标准|办法)[^，。；]{0,4}(?:自行|自主)(?:确定|制定)",
    r"^[^，。；]{0,6}资金(?:采取|采用|实行|通过)[^，。；]{4,60}方式$",
    r"^[^，。；]{0,8}(?:资金|经费|补[助贴]款?|奖金)[^，。；]{0,4}(?:采取|采用|实行|通过)[^，。；]{0,20}(?:支付|发放|拨付|管理|核算|结算|报账)",
    r"协商一致|自治约定|自行(?:协商|约定)|双方约定",
    r"制定[^，。；]{0,6}(?:办法|方案|细则)，明确",
    r"向[^，。；]{2,20}(?:部|厅|局|委)[^，。；]{0,4}(?:提出|报送)[^，。；]{0,20}申请",
    r"鼓励其他",
    r"鼓励各",
    r"鼓励业主",
    r"研究(?:制定|出台)",
    r"探索",
    r"(?:尽快|抓紧|组织)研究",
    # where and with what one asks for it, and on which terms
    r"(?:登录|登陆|通过)[^，。；]{0,24}(?:注册|填报|上传|提交)(?![^。；]{0,30}(?:即可|无需|不再))[^。；]{0,60}(?:审核|申请|申领|领取|发放)",
    r"签[订署][^，。；]{0,10}(?:合同|协议)[^。；]{0,40}约定[^，。；]{0,12}(?:金额|方式|比例)",
    r"按照?[^，。；]{2,30}(?:政策|文件)(?:的?规定|要求)?，对[^，。；]{2,40}给予(?:支持|扶持)$",
    # among offices: 对工作成效显著的县区给予奖励
    r"(?:成效|成绩|工作|排名|考核)[^，。；]{0,8}(?:显著|突出|明显|优秀|靠前|居前)的?(?:县|市|区|地|乡|镇|街道|部门)[^。；]{0,20}奖",
    r"(?:实行|依法|被)征[收用][^。；]{0,30}补偿",
    r"请(?:各|按照|及时)",
    r"申请[^，。]{0,12}(?:等)?项目的",
    r"不(?:对|向)[^，。；]{1,30}(?:给予|奖励|补[助贴])",
    r"(?:应|须|需|要求|责令)[^，。；]{0,12}(?:退还|缴回|归还|返还)",
    r"退还[^，。；]{0,12}(?:奖励|补[助贴]|资助|扶持)",
    r"鼓励[^，。；]{0,10}免费",
    r"鼓励用人单位",
    r"办结率|满意率",
    r"尽职免责|勤勉尽责|尽职尽责",
    r"(?:引导|鼓励|督促|指导|推动)企业[^。；]{0,30}(?:薪酬|工资|激励|分配)[^。；]{0,8}(?:机制|制度|办法|挂钩|改革)",
)
# 经审核后，兑现奖励: how it is paid, not what
_VETTED: Final = re.compile(r"审核|审定|审批|批准")
_PAID_OUT: Final = re.compile(r"兑现|核拨|拨付")
# offices that are told what to do, and people who are only encouraged
_ORDERS: Final = re.compile(
    r"各[^，。；]{1,16}(?<!主)要|(?<![主需])要(?:把|将|加|高|切|认|严|及|按|积|以|进|指|组织|做|建|结合"
    r"|主动)|应当|必须"
)
_URGES: Final = re.compile(
    r"鼓励|引导|倡导|推动|推广|督促|加强|健全|建立健全|研究|完善[^，。；]{0,10}(?:机制|体系|制度)|力争"
)
# Banks are urged or told, nothing is granted: 鼓励金融机构适当下调贷款利率, 各银行机构不得抽贷
_BANKS: Final = re.compile(
    r"(?:银行|金融|信贷|授信)[^，。；]{0,6}机构|驻[^，。；]{1,4}(?:银行|金融)|^(?:鼓励|引导|推动|督促)[^，。；]{0,16}(?:银行|保险公司|险企)(?=[，凭加为对向])|商业银行|各银行|农发行|[分支]行(?!业|动|政|为|使|程|列)"
)
BANK_RELIEF: Final = re.compile(
    r"贴息|贴补|补偿|补贴|补助|奖励|减免|免收|取消[^，。；]{1,20}费|担保费率|风险分担|消费券|转贷(?:基金|资金)|应急(?:转贷|周转)"
    r"|延期还本付息|由[^，。；]{1,12}协调[^，。；]{0,16}(?:银行|机构|商行)|给予(?:展期|无还本续贷)"
)
# 鼓励平台企业减免佣金: others are asked to give, at their own cost
_OTHERS: Final = re.compile(
    r"^(?:鼓励|引导|倡导|督促|呼吁|推动|支持)[^，。；]{0,24}(?:平台|业主|房东|出租[人方]|运营商|电商"
    r"|商[家户]|景区|酒店|链主|大企业|供[水电气热])"
)
_PUBLIC: Final = re.compile(r"财政|政府|国有|补[助贴]|奖|贴息|资金")
_LABEL: Final = re.compile(
    r"^(?:（[\d一二三四五六七八九十]{1,4}）|[\d一二三四五六七八九十]{1,4}[、.．]"
    r"|第[一二三四五六七八九十百]{1,5}条)"
)
_SENTENCE: Final = re.compile(r"[。；！]")


def sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.split(_LABEL.sub("", text)) if sentence]


def giving(text: str) -> list[str]:
    """The sentences that give something, be it without a figure."""
    return [sentence for sentence in sentences(text) if _sentence_gives(sentence)]


def tangible(text: str) -> bool:
    """Whether some sentence gives something, be it without a figure."""
    return any(_sentence_gives(sentence) for sentence in sentences(text))


def plainly(text: str) -> bool:
    """Whether some sentence gives something in a form that no appeal has."""
    return any(_sentence_gives(sentence, weak=False) for sentence in sentences(text))


def eases(text: str) -> bool:
    """Whether some sentence makes something easier for somebody: help by offices, not money."""
    return any(_eases(sentence) for sentence in sentences(text) if not VOID.search(sentence))


_SAVE: Final = re.compile(r"(?<![^，])除[^，]{2,50}(?:外|以外)，")  # 除投诉举报外: no rule on complaints


def _eases(sentence: str) -> bool:
    """Whether a sentence makes something easier for somebody and is no order and no procedure."""
    sentence = _SAVE.sub("", sentence)
    if _ORDERS.search(sentence) or GUARD.search(sentence):
        return False
    calm = "，".join(clause for clause in sentence.split("，") if not _URGES.search(clause))
    return any(form.search(calm) for form in _EASE)


def firmly(sentence: str) -> bool:
    """Whether a sentence gives money, a charge less or something free: what can be claimed."""
    if _gives_nothing(sentence):
        return False
    kept = "，".join(_giving_clauses(sentence))
    return any(form.search(kept) for form in _FIRM)


def mildly(text: str) -> bool:
    """Whether some sentence gives a right, a turn before others or help with credit."""
    given = ("，".join(_giving_clauses(s)) for s in sentences(text) if not _gives_nothing(s))
    return any(form.search(kept) for kept in given for form in _MILD)


def _gives_nothing(sentence: str) -> bool:
    """Whether a sentence takes away, defines or tells banks and others to give."""
    if VOID.search(sentence) or (_BANKS.search(sentence) and not BANK_RELIEF.search(sentence)):
        return True
    return _OTHERS.search(sentence) is not None and not _PUBLIC.search(sentence)


def _giving_clauses(sentence: str) -> list[str]:
    """The clauses of a sentence without those that rule on something else."""
    clauses = [clause for clause in sentence.split("，") if not ASIDE.search(clause)]
    if _VETTED.search(sentence):
        clauses = [clause for clause in clauses if not _PAID_OUT.search(clause)]
    return clauses


def _sentence_gives(sentence: str, *, weak: bool = True) -> bool:
    if _gives_nothing(sentence):
        return False
    clauses = _giving_clauses(sentence)
    kept = "，".join(clauses)
    if any(form.search(kept) for form in _STRONG) or _eases(sentence):
        return True
    if not weak or _ORDERS.search(sentence):
        return False
    calm = "，".join(clause for clause in clauses if not _URGES.search(clause))
    return any(form.search(calm) for form in _WEAK) or (
        _SERVED.search(sentence) is not None
        and not _URGES.match(sentence)
        and any(form.search(calm) for form in _HELP)
    )


# what is done in someone's favour; enough only beside items that grant
_FAVOUR: Final = any_of(
    r"优先(?!考虑|选择|于|支持|推荐|发展|培育|布局|推进|审核|安排(?:入[驻住]|[^，。；]{0,12}用地))",
    r"同等(?!条件)",
    r"同价",
    r"一视同仁",
    r"直接(?:认定|聘|享受|办理|考核|参加)",
    r"不受",
    r"不占",
    r"不计入",
    r"不纳入",
    r"就近",
    r"(?<![避以难])免(?!疫|职)",
    r"可(?:在(?!平台|线|网|规定|系统)|凭|直接|选|申请|享受|使用|延续|续[租期]|办理|换领|继续|保留|自主|先行|优先)",
    r"先(?:救治|诊疗|入学|通行|入住)后",
    r"(?:整改|过渡|包容|宽限)期",
    r"收购(?!方|价格)",
    r"(?<!市场)(?<!保障)供应(?!链|商|保障|稳定)",
    r"延至",
    r"放宽(?!市场准入|准入|外资)",
    r"[一二三四五六七八九\d]折",
    r"赠",
    r"(?<![移报抄推选呈])送",
    r"(?<!部门)协助(?!做好|开展|配合)",
    r"兜底",
    r"保底",
    r"(?:人员|人才|子女|配偶|家属|毕业生|可|申请|先)[^，。；]{0,10}落户",
    r"落户(?:限制|条件|门槛)",
    r"安置",
    r"照顾",
    r"(?<!由)可由|不排队|不作违约|延后|帮扶至|不列入|不停[工产]|推荐[^，。；]{0,8}岗位|直接晋",
    r"同步(?=享|提|调|发|减|参)",
)
# duties, goals and conditions
_RULES: Final = any_of(
    r"应(?!用|急|届|聘|对|补|享|急)",
    r"须",
    r"不得",
    r"负责",
    r"填写",
    r"盖章",
    r"\d年内",
    r"到20\d\d年",
    r"争取",
    r"积极",
    r"重点(?:引进|培训|培养|推进)",
    r"[对主]象",
    r"(?<!合)条件",
    r"界定",
    r"名词",
)

_POLICES: Final = re.compile(r"严厉|打击|查处|整治|防范|规范|监管|巡查|处罚|违法|移送")


def favours(text: str) -> bool:
    """Whether a text names someone and does something in their favour, without urging, ordering or ruling."""
    clauses = re.split(r"[，。；！]", _NAMES.sub("", text))
    if any(f.search(text) for f in (VOID, _URGES, _ORDERS, _BANKS, _RULES, _POLICES)) or any(
        ASIDE.search(c) for c in clauses
    ):
        return False
    if len(text) >= 160:
        return False
    return (
        _HELPS.search(text) is not None
        or _SERVES.search(text) is not None
        or (_FAVOURED.search(text) is not None and _FAVOUR.search(text) is not None)
    )
