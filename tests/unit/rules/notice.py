"""The notice cut into the places that a pack cites."""

from __future__ import annotations

import re
from pathlib import Path

from babashi.rules.facts import packs_root
from babashi.rules.figures import compact

NOTICE = packs_root() / "banan" / "2022-63" / "notice-2022-63.txt"
_ARTICLES = "一二三四五六七"


def places(path: Path = NOTICE) -> dict[str, str]:
    """Text of each citable place, without blanks: 正文, 导语, 一 … 七, 末段, 附件2, 附件3."""
    text = path.read_text(encoding="utf-8")
    front, _, rest = text.partition("\n 附件1\n")
    annex1, _, rest = rest.partition("\n附件2\n")
    annex2, _, annex3 = rest.partition("\n附件3\n")
    lead, *parts = re.split(r"(?m)^(?=[一二三四五六七]、)", annex1)
    found = {"正文": front, "导语": lead, "附件2": annex2, "附件3": annex3}
    last, _, closing = parts[-1].partition("\n对国家、重庆市出台")
    found |= dict(zip(_ARTICLES, [*parts[:-1], last], strict=True))
    found["末段"] = f"对国家、重庆市出台{closing}"
    return {name: compact(part) for name, part in found.items()}
