"""Weighing of an item by the signs of ``signs`` and by the company that it keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from babashi.reader.benefits import VOID
from babashi.reader.signs import AGAINST, BASE, OTHERS, SIGNS, TITLES

# sentences that give nothing, whatever else they say: what is taken back, a promise without content, the abuse of
# charges, where to complain
_EMPTY: Final = re.compile(
    rf"{VOID.pattern}|一[事企项]一[策议](?=[”，。；]|$|，给予)|更(?:加|多|大)?的?优惠|特殊优惠|享受本|培育政策"
    r"|摊派|乱收费|拉赞助|登记卡|有权拒[付交缴]|投诉|质疑|信访|举报"
    r"|(?:对象|主体)(?:为|是|：|包括|应|按)"
)
_DEPARTMENTS: Final = re.compile(
    r"（[^（）]{0,120}(?:部门|单位|局|委|办|厅|处|中心|政府|院|负责)[^（）]{0,60}）"
    r"|(?:责任|牵头|配合|参与)(?:单位|部门)[：:][^。]*|完成时限：[^。]*"
)
_SPEAKS_TO: Final = re.compile(r"(?:对|为|凡|给)(?!接|外(?![来商地资籍])|口|标|了|民|基)")
_CITED: Final = re.compile(r"《[^《》]{1,100}》")
_SENTENCE: Final = re.compile(r"[。；！]")
_FOR: Final = [(weight, re.compile(pattern)) for _, weight, pattern, _ in SIGNS]
_AGAINST: Final = [(weight, re.compile(pattern)) for _, weight, pattern, _ in AGAINST]
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
        return OTHERS["siblings"] * near + OTHERS["all"] * far + OTHERS["neighbours"] * self.neighbours / 2


def weigh(text: str, above: str, company: Company) -> float:
    """How much speaks for an item (its words without the label, the title above it), in tenths; above 0 it grants."""
    sentences = sentences_of(text)
    title = title_of(sentences)
    weight = BASE + company.weigh() + sum(OTHERS[name] for name in _of_item(text, above))
    weight += sum(w for w, sign in _TITLES if title and sign.search(title))
    against = [[w for w, sign in _AGAINST if sign.search(s)] for s in sentences]
    if not any(against):
        weight += OTHERS["clean throughout"]
    return weight + max(
        (_of_sentence(s, s == title, a) for s, a in zip(sentences, against, strict=True)), default=0
    )


def _of_sentence(sentence: str, is_title: bool, against: list[int]) -> int:
    weight = sum(w for w, sign in _FOR if sign.search(sentence)) + sum(against)
    return weight + (0 if against else OTHERS["clean"]) + (OTHERS["title alone"] if is_title else 0)


def sentences_of(text: str) -> list[str]:
    """The sentences of an item, without departments and the names of documents."""
    bare = _DEPARTMENTS.sub("", _CITED.sub("《》", text))
    return [s for s in _SENTENCE.split(bare) if len(s) > 3 and not _EMPTY.search(s)]


def title_of(sentences: list[str]) -> str:
    """A short first sentence that others follow and that is none itself (``对老店实行挂牌保护。``)."""
    short = len(sentences) > 1 and len(sentences[0]) <= 22 and not speaks_to(sentences[0])
    return sentences[0] if short else ""


def speaks_to(title: str) -> bool:
    """Whether what stands like a title is a sentence: it begins with those for whom something is done."""
    return _SPEAKS_TO.match(title) is not None


def _of_item(text: str, above: str) -> list[str]:
    """The signs of an item as a whole."""
    found = [f"over {length}" for length in (120, 200) if len(text) > length]
    if _DEPARTMENTS.search(text):
        found.append("departments")
    if "？" in text[:50]:
        found.append("question")
    if any(sign.search(above) for weight, sign in _TITLES[:1]):
        found.append("title above")
    return found
