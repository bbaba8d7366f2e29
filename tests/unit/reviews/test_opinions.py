"""Ready-made words are no reason, however they are written."""

import pytest

from babashi.reviews.opinions import has_own_words


@pytest.mark.parametrize(
    "text",
    [
        "经审核,不予支持,理由:",
        "经审核， 不予支持， 理由 ：",
        "经审核不予支持理由",
        "经审核，不予支持，理由：！！",
        "经审核，不予支持，理由：无",
        "经审核，不予支持，理由：经审核，不予支持，理由：",
        "材料齐全,符合条件,同意",
        "？？？",
        "无",
        "",
    ],
)
def test_words_that_the_form_offered_are_no_reason(text: str) -> None:
    assert not has_own_words("refused", text, itemised=False)


@pytest.mark.parametrize(
    "text", ["经审核，不予支持，理由：已停产", "停产", "经审核，不予支持，理由：2021年未升规。"]
)
def test_what_somebody_added_is(text: str) -> None:
    assert has_own_words("refused", text, itemised=False)


def test_a_list_says_the_rest_of_a_return() -> None:
    assert has_own_words("returned", "请补正以下内容:", itemised=True)
    assert not has_own_words("returned", "请补正以下内容:", itemised=False)
    assert not has_own_words("returned", "", itemised=True)
    assert has_own_words("passed", "", itemised=False)
