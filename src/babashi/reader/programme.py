"""A benefit or a programme of work? Items without a figure that mostly tell what offices are going to do.

Plans and implementation programmes are full of words of giving: platforms that serve enterprises, teams that call on
them, banks that are to lend more. Nobody can claim any of it. What can be claimed there is firm: money, a charge less,
something free. So an item without a figure that is mostly a programme grants only if some clause gives something
firm; and in a notice where hardly anything firm is given, less of a programme is enough to doubt it.
"""

from __future__ import annotations

import re
from typing import Final

from babashi.reader import benefits
from babashi.reader.forms import any_of
from babashi.reader.likely import bare_text
from babashi.reader.outline import CONTAINERS, Node

_HOW: Final = "要|并|同时|积极|大力|持续|进一步|全面|着力|深入|充分|切实|不断|加快|加大|努力|严格|认真|继续|常态化|逐步|有序|稳步"
# how offices begin what they are going to do
_STEP: Final = re.compile(
    rf"(?:{_HOW})*"
    r"(?:加强|推进|推动|推行|推广|推出|深化|强化|健全|完善|修订|加快|加大|着力|构建|打造|培育|壮大|提升|提高|优化|促进"
    r"|建立|建设|搭建|引导|鼓励|倡导|开展|组织|实施|发挥|争取|探索|拓展|拓宽|扩大|盘活|整合|统筹|聚焦|规范|落实|依托"
    r"|利用|迭代|升级|创新|梯次|畅通|充分|积极|大力|持续|进一步|全面|深入|努力|清理|排查|营造|指导|督促|做[好实强]|抓好"
    r"|制定|出台|实现|确保|激发|提振|形成|对接|谋划|组建|支持(?=[^，。；]{0,40}(?:发展|建设|开展|参与|创新|机构|企业)))"
)
_OFFICES: Final = re.compile(
    r"[（〔][^（）〔〕]{0,200}(?:负责|牵头|单位|部门|局|委|办|厅|落实)[^（）〔〕]{0,60}[）〕]"
)
_CLAUSE: Final = re.compile("[，。；！]")
_CITED: Final = re.compile(r"《[^《》]{1,100}》")


def steps(text: str) -> tuple[bool, int]:
    """Whether the opening clause begins with what offices are going to do, and how many of the others do."""
    opening, *others = _CLAUSE.split(_OFFICES.sub("", text))
    return bool(_STEP.match(opening)), sum(1 for c in others if len(c) > 3 and _STEP.match(c))


# what is striven for, urged, laid down elsewhere or still to be written, and the way of a thing instead of the thing
_FEEBLE: Final = any_of(
    r"鼓励|引导|倡导|推动|督促|探索|研究|谋划|力争|争取",
    r"兑现[^，。；、]{0,12}政策$|落实(?![^，。；]{0,40}[对按为免减])(?![^，。；各]{0,20}(?:补[助贴]|津贴|贴息)等?(?:资金|支持|扶持)?政策)[^，。；]{0,40}(?:政策|措施)$",
    r"^(?![^，。；]{0,12}对)[^，。；]{0,8}(?:制定|修订|出台)[^，。；]{0,30}(?:政策|措施|办法|细则)",
    r"(?:建立|健全|完善)[^，。；]{0,30}(?:制度|机制|体系|平台)",
    r"(?:提升|提高|增强)[^，。；]{0,24}(?:能力|水平|质量|质效|效率)$",
    r"加快[^，。；]{0,16}(?:速度|进度)|加大[^，。；]{0,40}投放",
    r"提供[^，。；]{0,12}(?:依据|支撑|参考|借鉴)$",
    r"适当(?:减免|降低|优惠|减收|让利)",
    r"(?:办理|申报|经办|审批)[^，。；]{0,8}(?:流程|时$|系统|程序)",
)


# 对符合条件的治理项目按规定给予支持: money without its name, for somebody named
_BACKED: Final = re.compile(
    r"对[^，。；]{2,40}(?:项目|企业|单位|机构|主体|园区)[^，。；]{0,8}给予[^，。；]{0,4}(?:支持|扶持)(?=[，。；]|$)"
)


def firm(text: str) -> bool:
    """Whether some clause gives something that can be claimed and is no step of a programme."""
    kept = ("，".join(c for c in s.split("，") if not _FEEBLE.search(c)) for s in benefits.sentences(text))
    return any(benefits.firmly(sentence) or _BACKED.search(sentence) for sentence in kept)


_BANKS_URGED: Final = re.compile(
    r"(?:鼓励|引导|督促|推动|动员)[^，。；]{0,12}(?:银行|金融|保险|担保|信贷)[^，。；]{0,4}(?:机构|公司|企业|银行|，)"
)


def without_programmes(chosen: list[Node], solid: set[int], root: Node) -> list[Node]:
    """The chosen items without those that only tell what offices are going to do. ``solid``: those with figures."""
    surely = len(solid) + sum(1 for node in chosen if id(node) not in solid and firm(bare_text(node)))
    plan = is_plan(root, surely)
    return [node for node in chosen if id(node) in solid or not is_programme(bare_text(node), plan=plan)]


_SMALL: Final = 6  # items of a notice that is too short to be a plan
_SOME, _MANY = 2, 3  # steps of a programme in an item


_COUNTED: Final = re.compile(
    r"(?:\d|[一二两三四五六七八九十])(?:[名家人辆台所支]|次(?!办)|个(?!体|工作日)|%|小时|倍)"
)


def is_plan(root: Node, surely: int) -> bool:
    """Whether at most half of the items of a longer notice give something firm, so that it is rather a plan."""
    leaves = sum(1 for node in root.walk() if not node.children and node.kind not in CONTAINERS)
    return leaves >= _SMALL and 2 * surely <= leaves


def is_programme(text: str, *, plan: bool) -> bool:
    """Whether an item (without a figure) only tells what offices are going to do; in a plan less shows it.

    There an item that opens like a step (``优化开办服务``) is one, unless it goes on with something counted
    (``选派60名农技员``) or gives at least a right or a turn before others.
    """
    text = _CITED.sub("", text)
    opens, others = steps(text)
    if others >= (_SOME if plan else _MANY) or _BANKS_URGED.match(text):
        return not firm(text)
    if not (plan and opens) or _COUNTED.search(text):
        return False
    return not firm(text) and not benefits.mildly(text)
