"""What an automatic grant still goes through is what its own pack says."""

from babashi.applications.pages import stages_left
from babashi.rules.pack import Stage


def test_the_stages_after_a_confirmation_are_those_of_the_pack() -> None:
    stages = [
        Stage("accept", "受理", "acceptor", "lead"),
        Stage("look", "会审", "second_reviewer", "lead"),
        Stage("public", "公示", "publicity", "lead"),
        Stage("sign", "局长办公会审定", "approver", "lead"),
    ]
    assert stages_left(stages) == "公示、局长办公会审定"
    assert stages_left(stages[:2]) == ""
