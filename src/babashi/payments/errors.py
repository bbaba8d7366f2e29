"""Refusals of the payments."""

from collections.abc import Sequence

from babashi.audit.errors import Conflict, Invalid


class NotReady(Conflict):
    """The payment is not in the state that this step needs."""

    code = "payment_not_ready"


class InDoubt(Conflict):
    """The bank said something about these cases that nobody has cleared up; paying now might be paying twice."""

    code = "payment_in_doubt"

    def __init__(self, numbers: Sequence[str]) -> None:
        named = "、".join(numbers[:5]) + (f" 等 {len(numbers)} 笔" if len(numbers) > 5 else "")
        super().__init__(f"{named}有对不上的银行回单还没有核销，请先在“银行回单”核实并核销，再办理。")


class SameHand(Conflict):
    """Who did the first half may not do the second."""

    code = "four_eyes"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "组批和导出要由两个人办理，请另一位财政同事导出。")


class BadAnswerFile(Invalid):
    """The bank's file cannot be read; nothing was taken from it."""

    code = "bad_answer_file"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            f"回单文件有 {len(problems)} 处问题，没有导入任何一行。请改正后重新导入。",
            {"file": problems[:50]},
        )
        self.problems = problems
