"""What `babashi start` says before anything is started."""

import pytest
from django.test import override_settings

from babashi.site import launch


def test_a_start_without_the_demo_says_that_there_are_no_accounts_and_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with override_settings(BABASHI_DEMO=False):
        launch.say_mode()
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    for words in ("正式运行", "没有演示数据和演示账号", "BABASHI_DEMO=1", "babashi accounts add"):
        assert words in line
    with override_settings(BABASHI_DEMO=True):
        launch.say_mode()
    assert capsys.readouterr().out == ""
