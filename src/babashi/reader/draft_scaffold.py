"""What a draft prepares as comments for whoever completes it: uncomment, fill in, delete what is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from babashi.reader.eligibility import quoted as _q
from babashi.reader.model import Amount

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
