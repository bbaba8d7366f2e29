"""What each outcome of a bank row means, and what the person at the desk does about it."""

from typing import Final

from babashi.payments.models import AnswerOutcome as Kind

ADVICE: Final[dict[str, tuple[str, str]]] = {
    Kind.APPLIED: ("与送出的支付一致，已入账。", ""),
    Kind.UNKNOWN_NUMBER: (
        "平台没有这个支付编号。",
        "请与银行核对编号；确属本平台的，请银行按正确编号重新出具回单。",
    ),
    Kind.WRONG_BATCH: (
        "支付编号存在，但不在回单写的批次里。",
        "请与银行核对批次号和支付编号，取得更正的回单后重新导入。",
    ),
    Kind.AMOUNT_DIFFERS: (
        "回单金额与送国库的金额不一致，没有入账。",
        "请立即与国库核实实际支付的金额；多付的追回，少付的请国库补足后重新出具回单。",
    ),
    Kind.NOT_EXPECTED: (
        "这笔支付还没有导出给国库，银行却已有回单。",
        "请核实是谁、凭什么文件支付的；核实前不要导出它所在的批次。",
    ),
    Kind.BAD_DATE: (
        "支付日期早于送国库的那天，或者晚于今天。",
        "请与银行核对日期，取得更正的回单后重新导入。",
    ),
    Kind.REFERENCE_USED: (
        "同一个银行流水号出现在两笔支付上，没有入账。",
        "请与银行核对这个流水号对应哪一笔支付，取得更正的回单后重新导入。",
    ),
    Kind.FILE_CONTRADICTS: (
        "同一个文件里，这笔支付有互相矛盾的几行，一行也没有入账。",
        "请与银行核实哪一行是对的，取得更正的回单后重新导入。",
    ),
    Kind.REPEATED: ("与先前的回单相同，没有重复入账。", "不用处理，核销即可。"),
    Kind.REPEATED_DIFFERS: (
        "这笔支付已到账，银行又报成功，但日期或流水号不同，可能付了两次。",
        "请与国库核实是否重复支付；重复的请银行追回，再核销并写明结果。",
    ),
    Kind.RETURN_AFTER_SUCCESS: (
        "这笔支付已到账，银行又报退回；回单没有日期、日期早于到账日，或者企业已确认收款，不能自动冲销。",
        "请向银行核实款项现在在哪里。确已退回的，由另一位财政同事核销时选“以回单为准”，平台冲销后等待企业更正账户。",
    ),
    Kind.SUCCESS_AFTER_RETURN: (
        "这笔支付先前报退回，现在又报成功，款项可能已经付出。核实以前不能更正重付。",
        "请向银行核实。确已付出的，由另一位财政同事核销时选“以回单为准”，按已到账入账；没有付出的，写明后核销，再更正重付。",
    ),
    Kind.SUCCESS_AFTER_REPLACED: (
        "这笔支付退回后已另开新支付重付，银行又报原支付成功，可能付了两次。核实以前新支付不能组批和导出。",
        "请立即与国库核实两笔支付；重复的请银行追回，再核销并写明结果。",
    ),
}
"""Outcome → (what it means, what to do)."""

MAY_BE_TAKEN: Final = (Kind.RETURN_AFTER_SUCCESS, Kind.SUCCESS_AFTER_RETURN)
"""Rows that may turn out to be right: a second person may book them."""

MONEY_IN_DOUBT: Final = (
    Kind.AMOUNT_DIFFERS,
    Kind.NOT_EXPECTED,
    Kind.BAD_DATE,
    Kind.REFERENCE_USED,
    Kind.FILE_CONTRADICTS,
    Kind.WRONG_BATCH,
    Kind.REPEATED_DIFFERS,
    Kind.RETURN_AFTER_SUCCESS,
    Kind.SUCCESS_AFTER_RETURN,
    Kind.SUCCESS_AFTER_REPLACED,
)
"""While such a row is open, nothing more of its case goes to the bank: it might be paid twice."""


def meaning(outcome: str) -> str:
    """One sentence on what the row says."""
    return ADVICE[outcome][0]


def advice(outcome: str) -> str:
    """What to do; empty when nothing is."""
    return ADVICE[outcome][1]
