"""What a draft prepares as comments for whoever completes it: uncomment, fill in, delete what is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from babashi.reader.eligibility import quoted as _q
from babashi.reader.model import Amount, Measure
from babashi.rules.chinese import decimal_text

TEXT_FILE: Final = "notice.txt"
"""The text of the notice, beside the draft: the check looks up every quotation in it."""
PROCESS: Final = """\
# 办理流程的样子（环节、单位、工作日按本区的办法改）。去掉前面的 #，把事项的 channel 改为 application，加上 process: money。
# processes:
#   money:
#     - {id: acceptance, label: 受理, role: acceptor, department: lead, default_working_days: 2, returns_to: [applicant]}
#     - {id: first-review, label: 初审, role: first_reviewer, department: lead, default_working_days: 5, four_eyes: true, returns_to: [applicant, acceptance]}
#     - {id: second-review, label: 复审, role: second_reviewer, department: lead, default_working_days: 3, four_eyes: true, returns_to: [applicant, first-review]}
#     - {id: publicity, label: 公示, role: publicity, department: lead, default_working_days: 5}
#     - {id: approval, label: 审定, role: approver, department: lead, default_working_days: 2, four_eyes: true, returns_to: [second-review]}
"""  # noqa: E501
NUMBER: Final = "  # number: 无文号"
"""Where no number was found: somebody has to look whether there is none."""
_EACH: Final = (("人", "人名"), ("天", "天日"), ("月", "月"))
_EACH_PERSON: Final = re.compile(r"每[^，。；]{0,10}[一1两2]?[名人]")
_EACH_OF_SEVERAL: Final = re.compile(r"各(?:自|方|家)?(?:给予|奖励|补助|补贴|资助)?$")


def lead() -> str:
    """A place for the department that the notice doesn't name."""
    return "    # lead: 待补：牵头单位"


def eligible(quotes: Sequence[str]) -> list[str]:
    """A condition for everything that the notice says about who gets the benefit."""
    lines = ["    # eligible:", "    #   all:"]
    for number, quote in enumerate(quotes or ["待补"], 1):
        lines.append(f"    #     - {{id: c{number}, name: 待补, test: '待补', cite: {_q(quote)}}}")
    return lines


def is_for_each_of_several(text: str, amount: Amount) -> bool:
    """``给予双方各3万元``: so much for each of several parties is no amount of one of them."""
    return bool(
        _EACH_OF_SEVERAL.search(re.sub(r"\s", "", text[max(0, amount.span.start - 12) : amount.span.start]))
    )


def formula(measure: Measure, text: str) -> list[str]:
    """The form of the sum, where the figures show one: 待补 stands for what somebody has to name."""
    by_role: dict[str, list[str]] = {}
    for amount in measure.amounts:
        each = _each(amount, text) if amount.role == "per_unit" else ""
        by_role.setdefault(amount.role, []).append(money(amount) + each)
    caps, units, fixed = (by_role.pop(role, []) for role in ("cap", "per_unit", "fixed"))
    rates = [rate for rate in measure.rates if rate.role in ("fixed", "cap") and 0 < rate.value < 1]
    if by_role or len(caps) > 1 or len(rates) != len(measure.rates):
        return []
    if len(rates) == 1 and not units and not fixed:
        inner, is_limit = f"待补 * {decimal_text(rates[0].value * 100)}%", True
    elif len(units) == 1 and not rates and not fixed:
        inner, is_limit = f"待补 * {units[0]}", bool(caps)
    elif len(fixed) > 1 and not rates and not units:
        inner, is_limit = " else ".join([*(f"{sum_} if 待补" for sum_ in fixed), "0元"]), bool(caps)
    else:
        return []
    whole = f"min({inner}, {caps[0]})" if caps else inner
    several = ["      # 下一行按先后取第一个符合的；可以同时享受的，改成相加或各写一个事项"] if fixed else []
    return [*several, f"      # {'ceiling' if is_limit else 'amount'}: {whole}"]


def _each(amount: Amount, text: str) -> str:
    """/人/月 for a sum of which the notice says 每人每月, /人 for 每新增一名…, else /个."""
    words = re.sub(r"\s", "", amount.per)
    found = "".join(f"/{unit}" for unit, signs in _EACH if any(sign in words for sign in signs))
    before = re.split(r"[。；\n]", text[max(0, amount.span.start - 80) : amount.span.start])[-1]
    return found or ("/人" if _EACH_PERSON.search(before) else "/个")


def money(amount: Amount) -> str:
    """``20万元`` or ``500元``."""
    value = amount.value
    if value % 10_000 == 0:
        return f"{int(value) // 10_000}万元"
    return f"{value.normalize():f}元"
