"""Full-text search for Chinese without a dictionary: every pair of neighbouring characters is a word.

A text becomes a PostgreSQL ``tsvector`` whose lexemes are bigrams (and the single characters that end a run, so
that one character finds every place where it stands: as the beginning of a bigram or as such an end). A query
word becomes a phrase of bigrams, so 小升规 finds only texts in which the three stand together. Latin letters and
digits stay whole words and are found by their beginning.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_POSITION = 16_383  # what a tsvector can hold
MAX_WORDS = 8
MAX_PIECES = 12
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[a-z0-9]+")
_SPACE = re.compile(r"[\s，、。；：！？,;!?“”‘’（）()《》〔〕\[\]【】/|+&]+")


def normal(text: str) -> str:
    """Full-width forms and capitals become plain ones; length may change (not for offsets)."""
    return unicodedata.normalize("NFKC", text).lower()


def _is_han(run: str) -> bool:
    return ord(run[0]) > 0x2FFF


def _lexemes(text: str) -> Iterator[tuple[str, int]]:
    """Lexeme and position (counted in characters, from 1) of everything that can be found in a text."""
    for match in _RUN.finditer(normal(text)):
        run, start = match.group(), match.start() + 1
        if not _is_han(run):
            yield run, start
            continue
        for offset in range(len(run) - 1):
            yield run[offset : offset + 2], start + offset
        yield run[-1], start + len(run) - 1


def vector(parts: Iterable[tuple[str, str]]) -> str:
    """A tsvector literal over (text, weight A–D) parts. Parts don't run into each other in phrases."""
    places: dict[str, list[str]] = {}
    offset = 0
    for text, weight in parts:
        for lexeme, position in _lexemes(text):
            if offset + position < MAX_POSITION and len(places.setdefault(lexeme, [])) < 200:
                places[lexeme].append(f"{offset + position}{weight}")
        offset += len(normal(text)) + 2
    return " ".join(f"'{lexeme}':{','.join(found)}" for lexeme, found in sorted(places.items()) if found)


def words_of(query: str) -> list[str]:
    """The words of a query, at most eight: split at blanks and punctuation."""
    return [word for word in _SPACE.split(normal(query)) if _RUN.search(word)][:MAX_WORDS]


def tsquery(query: str) -> str:
    """A tsquery literal; empty when nothing can be looked for. All words must be found."""
    return " & ".join(part for word in words_of(query) if (part := _word_query(word)))


def pieces_of(query: str) -> list[str]:
    """The single lexemes of a query, each once, at most a dozen: for a search that forgives."""
    pieces: list[str] = []
    for run in (run for word in words_of(query) for run in _RUN.findall(word)):
        pieces += [run[at : at + 2] for at in range(len(run) - 1)] if _is_han(run) and len(run) > 1 else [run]
    return list(dict.fromkeys(pieces))[:MAX_PIECES]


def _word_query(word: str) -> str:
    parts: list[str] = []
    for run in _RUN.findall(word):
        if not _is_han(run) or len(run) == 1:
            parts.append(f"'{run}':*")
        else:
            parts.append("(" + " <-> ".join(f"'{run[at : at + 2]}'" for at in range(len(run) - 1)) + ")")
    return " & ".join(parts)


def highlight(text: str, query: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether a word of the query stands there. Escaping is the template's."""
    runs = {run for word in words_of(query) for run in _RUN.findall(word)}
    if not runs or not text:
        return [(text, False)]
    pattern = re.compile(
        "|".join(re.escape(run) for run in sorted(runs, key=len, reverse=True)), re.IGNORECASE
    )
    pieces: list[tuple[str, bool]] = []
    last = 0
    for match in pattern.finditer(text):
        if match.start() > last:
            pieces.append((text[last : match.start()], False))
        pieces.append((match.group(), True))
        last = match.end()
    if last < len(text):
        pieces.append((text[last:], False))
    return pieces or [(text, False)]


def snippet(texts: Iterable[str], query: str, width: int = 60) -> list[tuple[str, bool]]:
    """The sentence around the first find in any of the texts; empty when none of them has a word of the query."""
    runs = [run for word in words_of(query) for run in _RUN.findall(word)]
    for text in texts:
        lowered = text.lower()
        places = [place for run in runs if (place := lowered.find(run)) >= 0]
        if places:
            start = max(0, min(places) - width // 3)
            end = min(len(text), start + width)
            cut = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
            return highlight(cut, query)
    return []
