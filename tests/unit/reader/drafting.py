"""Invented notices of one measure or a few, and what stands in their drafts."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML

from babashi.reader import draft, read_text
from babashi.reader.model import Notice

HEAD = "某区人民政府关于支持企业发展的若干措施\n某府发〔2022〕6号\n"


TAIL = "（牵头单位：区经信局）执行期限至2022年12月31日。\n"


ABOVE = "2021年首次由规模以下升为规模以上"


def drafted(*bodies: str) -> tuple[Notice, dict[str, Any], str]:
    numbered = zip("一二三四五", bodies, strict=False)
    text = HEAD + "".join(f"{n}、扶持措施之{n}\n{body}{TAIL}" for n, body in numbered)
    notice = read_text(text)
    pack, report = draft.build(notice, "notice.txt")
    return notice, YAML(typ="safe").load(pack), report


def leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    parts = [p for key in ("all", "any") for p in node.get(key, [])]
    return [leaf for part in parts for leaf in leaves(part)] if parts else [node]


def clauses(body: str) -> list[dict[str, Any]]:
    _, data, _ = drafted(body)
    eligible = data["items"][0].get("eligible")
    return leaves(eligible) if eligible else []


def asked(body: str) -> set[str]:
    return {leaf["test"] for leaf in clauses(body)}


def readings(body: str) -> str:
    _, data, _ = drafted(body)
    return "\n".join(r["text"] for r in data.get("readings", []))


INDUSTRIAL = "6 <= division(industry_code) <= 46"


RISEN = "first_above_scale_year == 2021年"
