"""The command line before any command runs."""

import pytest

from babashi import cli


def test_characters_that_are_no_text_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["match", "folder\udcff", "--pack", "banan-2022-63"])
    assert ended.value.code == 2
    assert "不是 UTF-8 的字符" in capsys.readouterr().err
