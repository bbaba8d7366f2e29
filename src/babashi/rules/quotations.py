"""Whether what a pack quotes stands in its notice: the ``.txt`` named as ``source`` beside ``pack.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babashi.rules.figures import compact
from babashi.rules.loader import NOTICE_SUFFIX, PACK_FILE
from babashi.rules.loading.yamltree import Value, read_yaml, walk_values
from babashi.rules.pack import Pack
from babashi.rules.places import NO_NUMBER, article_number, article_words, articles_of
from babashi.rules.problems import Problem

_ADVICE: Final = "引用要逐字照抄原文（空格和换行不计）"


def check_quotations(pack: Pack, folder: Path) -> list[Problem]:
    """Every quotation that its article doesn't have, and what else differs from the notice in the folder."""
    source = pack.document.source
    notice = folder / source
    is_there = Path(source).name == source and notice.suffix == NOTICE_SUFFIX and notice.is_file()
    text = notice.read_text(encoding="utf-8-sig", errors="replace") if source and is_there else None
    return compare(pack, text, f"{folder}/{PACK_FILE}")


def compare(pack: Pack, text: str | None, place: str) -> list[Problem]:
    """The same against the text of the notice; without one a reminder that nothing was compared."""
    source = pack.document.source
    root = read_yaml(pack.files[PACK_FILE], place, lambda problem: None) if source else None
    if root is None:
        return []
    if text is None:
        at = root.pairs["document"].pairs["source"]
        advice = (
            f"把通知全文存成 {Path(source).stem}{NOTICE_SUFFIX}（UTF-8）放进这个文件夹，source 写它的文件名"
        )
        return [_problem(at, f"没有原文 {source}，引用没有核对", advice, "warning")]
    return list(_Notice(text).problems(root))


class _Notice:
    """The text of a notice, and of each of its numbered articles, without blanks."""

    def __init__(self, text: str) -> None:
        self.whole = compact(text)
        self.articles = {
            number: [compact(part) for part in parts] for number, parts in articles_of(text).items()
        }

    def has(self, quote: str, article: str) -> bool:
        """Whether a quotation stands in an article; places without a number are the whole text."""
        texts = self.articles.get(article_number(article), [self.whole])
        return any(compact(quote) in text for text in texts)

    def problems(self, root: Value) -> Iterator[Problem]:
        document = root.pairs["document"].pairs
        for key in ("number", "title"):
            said = document.get(key)
            if said is not None and said.text != NO_NUMBER:
                yield from self._stands(said, "")
        for key, value in root.pairs.items():
            if key == "items":
                for item in value.entries:
                    yield from self._item(item)
            else:
                yield from self._cites(value, "")

    def _item(self, item: Value) -> Iterator[Problem]:
        number = item.pairs.get("article")
        article = number.text if number is not None else ""
        yield from self._stands(item.pairs.get("title"), article)
        for key, value in item.pairs.items():
            yield from self._cites(value, "" if key == "contact" else article, is_cite=key.endswith("cite"))
        contact = item.pairs["contact"].pairs if "contact" in item.pairs else {}
        for key in ("name", "phone") if "cite" in contact else ():
            if key in contact and contact[key].text not in contact["cite"].text:
                said = contact[key]
                yield _problem(said, f"{said.text} 不在它引用的原文里", "与附件的名单核对")

    def _cites(self, value: Value, article: str, *, is_cite: bool = False) -> Iterator[Problem]:
        """Quotations below a value: whatever stands under ``cite`` or ``…_cite``."""
        if is_cite:
            yield from self._quotation(value, article)
            return
        for child in walk_values(value):
            for key, cite in child.pairs.items():
                if key.endswith("cite"):
                    yield from self._quotation(cite, article)

    def _quotation(self, value: Value, article: str) -> Iterator[Problem]:
        for part in value.entries or [value]:
            if part.kind == "mapping":
                own = part.pairs.get("article")
                yield from self._stands(part.pairs.get("quote"), own.text if own is not None else article)
            else:
                yield from self._stands(part, article)

    def _stands(self, value: Value | None, article: str) -> Iterator[Problem]:
        if value is None or value.is_null or self.has(value.text, article):
            return
        number = article_number(article)
        where = f"原文{article_words(number)}" if number in self.articles else "原文"
        yield _problem(value, f"{where}里没有“{value.text}”", _ADVICE)


def _problem(value: Value, message: str, advice: str, severity: str = "error") -> Problem:
    return Problem(value.file, value.line, value.column, message, advice, severity)
