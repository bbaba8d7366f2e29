"""Account numbers as people type them: spaces and full-width digits are no difference, a wrong digit is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babashi.audit.errors import Invalid
from babashi.enterprises.account_numbers import CARD_DOUBT, doubt_about, plain_number, require_twice

CARD = "6217000012345670"


@pytest.mark.parametrize(
    "typed", ["6217 0000 1234 5670", "6217-0000-1234-5670", "６２１７００００１２３４５６７０", f" {CARD}\n"]
)
def test_how_it_is_written_makes_no_difference(typed: str) -> None:
    assert plain_number(typed) == CARD
    require_twice(typed, CARD)


@pytest.mark.parametrize("again", ["", "6217000012345617", "621700001234567"])
def test_another_number_the_second_time_is_refused_beside_its_field(again: str) -> None:
    with pytest.raises(Invalid) as refusal:
        require_twice(CARD, again)
    assert set(refusal.value.field_errors) == {"again"}


def test_what_is_missing_altogether_is_left_to_the_check_of_the_number_itself() -> None:
    require_twice("", "")


@given(st.integers(0, 15), st.integers(1, 9))
def test_any_one_wrong_digit_of_a_card_is_doubted(place: int, shift: int) -> None:
    wrong = CARD[:place] + str((int(CARD[place]) + shift) % 10) + CARD[place + 1 :]
    assert doubt_about(CARD) == ""
    if wrong.startswith("62"):
        assert doubt_about(wrong) == CARD_DOUBT


@given(st.from_regex(r"[0-57-9][0-9]{7,31}", fullmatch=True))
def test_what_is_no_card_is_never_doubted(number: str) -> None:
    """Accounts of companies follow no common rule."""
    assert doubt_about(number) == ""
