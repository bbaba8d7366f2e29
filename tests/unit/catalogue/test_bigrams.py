"""Search over bigrams: what becomes a lexeme, what a query asks for, what is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babashi.catalogue import bigrams

CHINESE = st.text(alphabet="升规模以上工业企业绿色发展贷款贴息", min_size=1, max_size=30)


def lexemes(text: str) -> set[str]:
    return {part.split(":")[0].strip("'") for part in bigrams.vector([(text, "A")]).split()}


def test_neighbouring_characters_and_the_last_one_are_lexemes() -> None:
    assert lexemes("小升规") == {"小升", "升规", "规"}


def test_latin_words_and_numbers_stay_whole() -> None:
    assert lexemes("ＬＰＲ 50万") == {"lpr", "50", "万"}


def test_a_word_becomes_a_phrase_and_several_words_are_all_wanted() -> None:
    assert bigrams.tsquery("小升规 贴息") == "('小升' <-> '升规') & ('贴息')"
    assert bigrams.tsquery("升") == "'升':*"


@pytest.mark.parametrize("nothing", ["", "  ", "，。！", "'", "&|!:*()\\", "😀"])
def test_what_holds_no_word_asks_for_nothing(nothing: str) -> None:
    assert bigrams.tsquery(nothing) == ""


def test_parts_do_not_run_into_each_other() -> None:
    places = dict(part.split(":") for part in bigrams.vector([("工业", "A"), ("企业", "B")]).split())
    assert places["'业'"] == "2A,6B"
    assert "'业企'" not in places


def test_highlight_keeps_the_text_and_marks_each_find() -> None:
    pieces = bigrams.highlight("LPR 与贴息，再说贴息", "贴息 lpr")
    assert "".join(text for text, _ in pieces) == "LPR 与贴息，再说贴息"
    assert [text for text, found in pieces if found] == ["LPR", "贴息", "贴息"]


@given(CHINESE, st.data())
def test_every_part_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    """The phrase of any substring follows from the positions of the whole."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    word = text[start:end]
    positions = {
        (part.split(":")[0].strip("'"), int(place[:-1]))
        for part in bigrams.vector([(text, "A")]).split()
        for place in part.split(":")[1].split(",")
    }
    if len(word) == 1:
        assert any(lexeme.startswith(word) for lexeme, _ in positions)
    else:
        assert all((word[i : i + 2], start + 1 + i) in positions for i in range(len(word) - 1))


@given(st.text(max_size=60), st.text(max_size=30))
def test_highlight_never_changes_the_text(text: str, query: str) -> None:
    assert "".join(piece for piece, _ in bigrams.highlight(text, query)) == text


@given(st.text(max_size=80))
def test_anything_typed_gives_a_query_of_plain_lexemes(query: str) -> None:
    found = bigrams.tsquery(query)
    assert "\\" not in found
    assert found.count("'") % 2 == 0
    assert len(bigrams.words_of(query)) <= bigrams.MAX_WORDS
