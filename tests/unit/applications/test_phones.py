"""What is taken for a telephone number, and what is told of the rest."""

import pytest

from babashi.applications.phones import phone_problem


@pytest.mark.parametrize(
    "text",
    ["02366230000", "023-6623 0000", "+86 138 0000 0000", "(023) 66230000", "０２３－６６２３００００", "12345",
     "023-66230000转8012", "023-66230000 转 8012", "13800000000、13900000000", "13800000000，023-66230000 转 1",
     "13800000000/13900000000", "13800000000；13900000000", "023—66230000"],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str) -> None:
    assert phone_problem(text) == ""


@pytest.mark.parametrize(
    "text",
    ["电话没有", "-", "无", "1", "023", "同上", "张三 13800000000", "13800000000、", "转8012", "023-66230000转",
     "、", "13800000000 13900000000 13700000000", "1" * 21, "a@b.cn", "१२३४५६७"],
)  # fmt: skip
def test_what_is_no_number_is_told_with_an_example(text: str) -> None:
    problem = phone_problem(text)
    assert "联系电话" in problem
    assert "例如" in problem
