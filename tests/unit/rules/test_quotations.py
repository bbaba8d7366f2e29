"""``packs check`` holds a pack against the text of its notice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from babashi.rules import FactDictionary, load_pack, packs_root
from babashi.rules.quotations import check_quotations

FOLDER = packs_root() / "banan" / "2022-63"
DICTIONARY = FactDictionary.load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "pack"))


def problems(folder: Path, old: str = "", new: str = "", file: str = "pack.yaml") -> list[str]:
    """What is found after one change; ``file:line:column`` without the folder."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = check_quotations(load_pack(folder, DICTIONARY), folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in found]


def test_the_pack_says_what_the_notice_says(folder: Path) -> None:
    assert problems(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "cite: 给予20万元一次性奖励",
            "cite: 给予20万元的一次性奖励",
            "原文第一条里没有“给予20万元的一次性奖励”",
        ),
        (
            "value: 200万元, cite: 总额不低于200万元",
            "value: 300万元, cite: 总额不低于300万元",
            "总额不低于300万元",
        ),
        (
            "{article: 三, quote: 申报研发费用1000万元以下}",
            "{article: 四, quote: 申报研发费用1000万元以下}",
            "原文第四条里没有“申报研发费用1000万元以下”",
        ),
        ("article: 四\n    title: 实施", "article: 三\n    title: 实施", "原文第三条里没有"),
        ('phone: "66239329"', 'phone: "66239328"', "66239328 不在它引用的原文里"),
        ("张欣 66239329}", "张欣 66239328}", "66239328"),
        ("contact: {name: 孟耸", "contact: {name: 孟某", "孟某 不在它引用的原文里"),
        ("number: 巴南府办发〔2022〕63号", "number: 巴南府办发〔2022〕36号", "巴南府办发〔2022〕36号"),
        ("title: 建立食品安全责任险", "title: 建立食品责任险", "原文第六条里没有“建立食品责任险”"),
        (
            "departments_cite: 牵头单位：区市场监管局",
            "departments_cite: 牵头单位：区市场监管局，配合单位：区财政局",
            "原文第六条里没有",
        ),
        (
            "每户企业贷款利息补助金额不超过30万元\n",
            "每户企业补助金额不超过30万元\n",
            "每户企业补助金额不超过30万元",
        ),
        ("quote: 同类政策标准不一致的", "quote: 同类的政策标准不一致的", "同类的政策标准不一致的"),
    ],
)
def test_what_the_notice_does_not_say_is_found_with_its_place(
    folder: Path, old: str, new: str, found: str
) -> None:
    told = problems(folder, old, new)
    assert told
    assert found in told[0]
    assert told[0].startswith("pack.yaml:")


def test_a_changed_notice_is_found_too(folder: Path) -> None:
    told = problems(folder, "给予20万元一次性奖励", "给予30万元一次性奖励", "notice-2022-63.txt")
    assert told
    assert all("错误" in line for line in told)


def test_without_the_notice_it_says_that_nothing_was_compared(folder: Path) -> None:
    (folder / "notice-2022-63.txt").unlink()
    (told,) = problems(folder)
    assert "提醒：没有原文 notice-2022-63.txt，引用没有核对" in told


def test_a_notice_that_is_no_text_is_not_compared(folder: Path) -> None:
    (folder / "notice.docx").write_bytes(b"PK")
    (told,) = problems(folder, "source: notice-2022-63.txt", "source: notice.docx")
    assert "notice.txt（UTF-8）" in told


def test_a_source_outside_the_folder_is_not_opened(folder: Path) -> None:
    (told,) = problems(folder, "source: notice-2022-63.txt", "source: ../../etc/passwd")
    assert "引用没有核对" in told
