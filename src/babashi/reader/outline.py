"""The tree of a notice: labelled items at any depth, headed paragraphs, and the text of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from babashi.reader import lines
from babashi.reader.grants import FACET
from babashi.reader.labels import RANK
from babashi.reader.paragraphs import Paragraph
from babashi.reader.text import View

HEADED: Final = "headed"  # a heading without a number
BLOCK: Final = 3  # the number of a heading that holds numbered parts of one policy
CONTAINERS: Final = frozenset({"root", "part", "chapter", "section", "annex"})

_TAIL: Final = re.compile(
    r"^(?:（.{0,4})?(?:本|以上|上述|此)(?:实施)?(?:办法|措施|政策|意见|通知|细则|规定|公告|条款|方案"
    r"|条例|文件|若干|规则|所有)"
    r"|^除[^，。]{0,20}外，(?:本|以上|上述)|^特此(?:公告|通知)|^抄送|^公开方式|^主动公开|^（?此件|^附件"
    r"|^(?:联系|咨询)(?:人|电话|方式)"
    r"|^对(?:国家|上级|中央)[^。]{0,30}(?:出台|政策)|^同类政策|^凡(?:享受|获得|申请)|^备注|^注："
    r"|^(?:各项|各类|所有)(?:奖励|补助|政策|资金)|^(?:同一|单个)?(?:企业|项目)[^。]{0,30}(?:就高|从高|不重复)"
    r"|^(?:同一|每[一个位名]?|单个)(?:用户|消费者|账号|居民|市民|家庭|人)[^。；]{0,24}(?:限领|限享|限购|累计|合计|总额)"
    r"|^政策(?:有效期|执行期|实施期限)|^有效期|^执行期限|^实施(?:时间|期限)|^自(?:印发|发布|公布"
    r"|\d{4}年)[^。]{0,20}(?:施行|实施|执行)"
    r"|^[^：]*(?:人民政府(?:办公室|办公厅)?|委员会(?:办公室)?)$|^[二〇○零一九\d]{4}年.{2,5}月.{1,3}日(?:印发)?$"
)


@dataclass(slots=True)
class Node:
    """A labelled item, a headed block or a container."""

    kind: str
    number: int = 0
    head: Paragraph | None = None
    title_end: int = 0  # end of the heading inside the head's view
    body: list[Paragraph] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    tail: list[Paragraph] = field(default_factory=list)
    parent: Node | None = None
    virtual: bool = False
    finds: dict[str, Any] = field(default_factory=dict)  # sums and shares once looked for

    def own(self) -> Iterator[Paragraph]:
        """The paragraphs of the item itself, without those of its children."""
        if self.head is not None:
            yield self.head
        yield from self.body

    def all(self) -> Iterator[Paragraph]:
        """Own paragraphs and those of every descendant, in order of the text."""
        yield from self.own()
        for child in self.children:
            yield from child.all()
        yield from self.tail

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()

    def above(self) -> Iterator[Node]:
        """The items that hold this one, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def ordinal(self, raw: str) -> str:
        """The label as printed, without the white space behind it."""
        if self.virtual or self.head is None or self.head.label is None or self.kind == HEADED:
            return ""
        if self.kind == "question" and not self.number:
            return ""
        view = self.head.view
        span = view.span(self.head.label.start, self.head.label.end)
        return raw[span.start : span.end].strip()


# ``补贴标准：…`` behind a list of conditions belongs to the item that holds the list.
_FIELD: Final = re.compile(
    r"^(?:补贴|补助|奖励|资助|扶持|支持|享受|申报|申请|政策|执行|贷款|责任|咨询)?"
    r"(?:对象|标准|期限|金额|额度|内容|方式|时间|部门|单位|电话|流程|材料)："
)
_LIST_ITEMS: Final = frozenset({"num_paren", "num_half", "circled", "letter"})


def _rank(node: Node) -> int:
    """How deep an item stands; ① that opens the items of a whole text stands high."""
    above = node.parent.kind if node.parent is not None else "root"
    if node.kind == "circled" and above in CONTAINERS:
        return RANK["cn"]
    return RANK[node.kind]


class _Builder:
    def __init__(self) -> None:
        self.root = Node("root")
        self.stack: list[Node] = [self.root]
        self.interrupted = False  # unlabelled text stands between this and the previous labelled sibling

    @property
    def top(self) -> Node:
        return self.stack[-1]

    def push(self, node: Node) -> None:
        node.parent = self.top
        self.top.children.append(node)
        self.stack.append(node)

    def restart(self) -> None:
        """A new document part: an annex or the attached text behind its covering letter."""
        del self.stack[1:]

    def labelled(self, paragraph: Paragraph) -> None:
        label = paragraph.label
        assert label is not None
        kinds = [node.kind for node in self.stack]
        if label.kind in kinds:
            at = len(kinds) - 1 - kinds[::-1].index(label.kind)
            sibling = self.stack[at]
            del self.stack[at:]
            if self._lost_heading(sibling, label.number):
                self._virtual_parent()
        else:
            # the first of a series stands in what is open, whatever its labels look like
            while len(self.stack) > 1 and label.kind != "series" and self._outranks(label.kind):
                self.stack.pop()
            last = self.top.children[-1] if self.top.children else None
            if (
                last is not None
                and self.top.tail
                and last.kind == label.kind
                and self._lost_heading(last, label.number)
            ):
                self._virtual_parent()
        self.push(Node(label.kind, label.number, paragraph))

    def _outranks(self, kind: str) -> bool:
        top = self.top
        if top.kind in {"root", "annex"}:
            return False
        if top.kind == HEADED:
            return RANK[kind] <= RANK["cn"] and len(self.stack) > 1 and top.number == 0
        return RANK[kind] < _rank(top)

    def _lost_heading(self, sibling: Node, number: int) -> bool:
        """（1） starts anew inside one item behind plain text: the heading of the next item is missing."""
        parent = self.top
        return (
            number == 1
            and sibling.number > 1
            and bool(sibling.body or parent.tail)
            and parent.kind not in CONTAINERS
            and parent.kind != HEADED
            and sibling.kind in {"num_paren", "num_half", "circled"}
        )

    def _virtual_parent(self) -> None:
        lost = self.stack.pop()
        node = Node(lost.kind, lost.number + 1, None, virtual=True)
        self.push(node)

    def titled(self, paragraph: Paragraph) -> None:
        """The first stands in the item that is open, the next ones beside it."""
        at = next((i for i, node in enumerate(self.stack) if node.kind == "titled"), len(self.stack))
        del self.stack[at:]
        self.push(Node("titled", 0, paragraph))

    def plain(self, paragraph: Paragraph) -> None:
        if _FIELD.match(paragraph.text) and self.top.kind in _LIST_ITEMS:
            at = next((i for i, n in enumerate(self.stack) if n.kind in _LIST_ITEMS), 0)
            if at and self.stack[at - 1].kind not in {"root", "annex"}:
                del self.stack[at:]
        if self.top.children:
            self.top.tail.append(paragraph)
        else:
            self.top.body.append(paragraph)


def build(paragraphs: list[Paragraph], headings: frozenset[int] = frozenset()) -> Node:
    """The tree of a text. ``headings`` holds start positions that the source format marks as headings."""
    builder = _Builder()
    headed = lines.plain_headings(paragraphs, headings)
    attached = lines.attached(paragraphs)
    bulleted = lines.bulleted_titles(paragraphs)
    headed |= lines.bulleted_sections(paragraphs, bulleted)
    heads = {index for index in range(len(paragraphs)) if lines.heads_parts(paragraphs, index)}
    blocks = bulleted | (set() if heads == {0} and lines.has_standard(paragraphs) else heads)
    blocks |= lines.named_policies(paragraphs)
    titled = lines.titled(paragraphs)
    for index, paragraph in enumerate(paragraphs):
        if index in attached:
            builder.plain(paragraph)
        elif paragraph.label is not None:
            builder.labelled(paragraph)
        elif index in titled:
            builder.titled(paragraph)
        elif lines.is_annex(paragraph):
            builder.restart()
            builder.plain(paragraph)
        elif index in headed:
            _headed(builder, paragraph)
        elif index in blocks:
            _headed(builder, paragraph, BLOCK)
        elif lines.is_new_title(paragraph, paragraphs, index):
            builder.restart()
            builder.plain(paragraph)
        else:
            builder.plain(paragraph)
    _detach_tails(builder.root)
    for node in builder.root.walk():
        node.title_end = title_end(node)
    return builder.root


def _headed(builder: _Builder, paragraph: Paragraph, number: int = 0) -> None:
    while builder.top.kind not in {"root"}:
        builder.stack.pop()
    builder.push(Node(HEADED, number, paragraph))


def _detach_tails(root: Node) -> None:
    """Closing provisions, signature and web page furniture behind the last item belong to the document."""
    for node in root.walk():
        if node.kind == "root" or node.children:
            continue
        cut = next((i for i, p in enumerate(node.body) if _TAIL.search(p.text)), None)
        if cut is not None and not (cut == 0 and node.head is not None and _is_bare(node)):
            rest = node.body[cut:]
            if any(_keeps(p) for p in rest):
                continue
            node.body, root.tail = node.body[:cut], root.tail + rest


def _is_bare(node: Node) -> bool:
    head = node.head
    return head is not None and len(head.text) <= 12


def _keeps(paragraph: Paragraph) -> bool:
    """A paragraph with a grant of its own stays with its item."""
    text = paragraph.text
    return bool(re.search(r"给予|奖励\d|补[助贴]\d|牵头|责任(?:单位|部门)：", text)) and not _TAIL.search(
        text
    )


_RUN_IN: Final = re.compile(r"[。：！？]")


# 1.【优惠内容】对… and 1.问：…？: the label of a field is no title
_FIELD_MARK: Final = re.compile(
    r"【[^】]{0,4}(?:内容|标准|措施|政策|事项|条款|额度)】|问："
    r"|(?:政策|项目|事项|补[助贴]|奖励|服务|扶持|优惠)名称[：|]"
)


# 第五条 （租金减半）租用…, 第五条 [租金减半] 租用…: the brackets hold the title
_BRACKETED: Final = re.compile(
    r"[（〔](?=[^（）〔〕\d，。；：]{2,20}[）〕][一-龥“《0-9])(?!含|[试暂]行|[修废]|原)"
)


def heading_start(head: Paragraph) -> int:
    """Where the heading of an item begins: behind its label and the label of a field."""
    mark = _FIELD_MARK.match(head.text, head.body_start) or _BRACKETED.match(head.text, head.body_start)
    return mark.end() if mark else head.body_start


def asks(node: Node) -> bool:
    """Whether the item is a question with its answer."""
    head = node.head
    if head is None:
        return False
    if head.text.endswith("？"):
        return True
    return node.kind == "question" or head.text[head.body_start :].startswith("问：")


def title_end(node: Node) -> int:
    """End of the heading inside the head's view: up to 。or ：, a gap, a bracket, or the first clause."""
    head = node.head
    if head is None:
        return 0
    text, start = head.text, heading_start(head)
    if start > head.body_start and text[start - 1] in "（〔":
        return text.index("）" if text[start - 1] == "（" else "〕", start)
    if text[start : start + 1] == "【" and (close := text.find("】", start, start + 40)) > 0:
        return close + 1
    if asks(node):
        mark = text.find("？", start)
        return mark + 1 if mark > 0 else len(text)
    gap = _gap_title(head.view, start)
    if gap and FACET.match(text[start:gap]):  # 1.支持对象 规上企业。
        return gap
    stop = _RUN_IN.search(text, start)
    if gap and stop is not None and head.view.offsets[gap] - head.view.offsets[gap - 1] > 2:
        return gap  # two blanks or more
    end = stop.start() if stop else len(text)
    if end - start <= 40 and not _tells_all(text, start, end, run_in=stop is not None):
        return end
    if gap:
        return gap
    return _opening_clause(text, start, end)


def _tells_all(text: str, start: int, end: int, *, run_in: bool) -> bool:
    """``对…的企业，给予10万元奖励`` up to its full stop, or ``发明专利，…全额资助；``, is a sentence, not a title."""
    words = text[start:end]
    if "，" not in words:
        return False
    return words.endswith("；") or (run_in and re.search(r"\d", words) is not None)


# no title closes before what its sentence cites or adds: 确需使用 《…》 确定的…, 高层次人才 （团队） 在…
_CITES: Final = re.compile(r"《[^《》]{2,60}》[^，。；：]|（[^（）：]{1,6}）[^，。；：（]{2}")


def _gap_title(view: View, start: int) -> int:
    """``第三条  载体建设  对…``: white space closes the title."""
    for gap in sorted(g for g in view.gaps if start + 2 <= g <= start + 25):
        title = view.text[start:gap]
        if _CITES.match(view.text, gap):
            break
        if not re.search(r"[，。；：\d]|、$", title) and not view.text[gap].isdigit():
            return gap
        break
    return 0


_NO_MORE_OF_IT: Final = re.compile(
    r"除[^，。]{1,40}外|由|按|给予|可(?:以|享|按|申)"
)  # what the named one gets


_PURSE: Final = re.compile(
    r"\d[万亿]?元$"
)  # 市财政安排80万元, which opens a sentence and is not what it is about


_ONLY_A_YEAR: Final = re.compile(
    r"(?:自|从|在)?(?:\d{4}年度?(?:起|开始|以来|内|期间)?|“十[一二三四五]五”(?:期间|时期)?)"
)


def _opening_clause(text: str, start: int, end: int) -> int:
    """The first clause, with the next one added behind the money that pays for it, or a year (``2026年，对…``)."""
    at = start
    while at < end:
        comma = min((i for i in (text.find("，", at), text.find("；", at)) if i >= 0), default=-1)
        if comma < 0 or comma > end:
            return min(end, start + 60)
        enough = 12 if _PURSE.search(text, start, comma) else 2
        if _ONLY_A_YEAR.fullmatch(text, start, comma):
            at = comma + 1
            continue
        if comma - start >= enough or _NO_MORE_OF_IT.match(text, comma + 1):
            return min(comma, start + 60)
        at = comma + 1
    return end
