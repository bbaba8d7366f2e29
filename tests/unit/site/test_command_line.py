"""The command line before any command runs."""

from pathlib import Path

import pytest

from babashi import cli


def test_characters_that_are_no_text_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["match", "folder\udcff", "--pack", "banan-2022-63"])
    assert ended.value.code == 2
    assert "不是 UTF-8 的字符" in capsys.readouterr().err


def test_a_broken_fact_dictionary_is_told_whatever_command_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "facts.yaml").write_text("facts: {lamps: {says: 有{}}}", encoding="utf-8")
    (tmp_path / "notice.txt").write_text("一、灯光\n对装灯的商户给予2万元补助。\n", encoding="utf-8")
    monkeypatch.setenv("BABASHI_PACKS", str(tmp_path))
    assert cli.main(["notice", "draft", str(tmp_path / "notice.txt"), str(tmp_path / "draft")]) == 2
    assert "facts.yaml：不是正确的 YAML" in capsys.readouterr().err


def test_a_folder_of_packs_without_a_dictionary_says_what_to_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.yaml").write_text("format: 1\n", encoding="utf-8")
    monkeypatch.setenv("BABASHI_PACKS", str(tmp_path))
    assert cli.main(["packs", "check"]) == 2
    assert "先复制项目的 packs/facts.yaml" in capsys.readouterr().err
