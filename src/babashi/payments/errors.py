"""Refusals of the payments."""

from babashi.audit.errors import Conflict, Invalid


class NotReady(Conflict):
    """The payment is not in the state that this step needs."""

    code = "payment_not_ready"


class SameHand(Conflict):
    """Who made the batch may not hand it to the treasury."""

    code = "four_eyes"

    def __init__(self) -> None:
        super().__init__("组批和导出要由两个人办理，请另一位财政同事导出。")


class BadAnswerFile(Invalid):
    """The bank's file cannot be read; nothing was taken from it."""

    code = "bad_answer_file"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            f"回单文件有 {len(problems)} 处问题，没有导入任何一行。请改正后重新导入。",
            {"file": problems[:50]},
        )
        self.problems = problems
