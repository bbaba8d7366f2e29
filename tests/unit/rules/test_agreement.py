"""No pack is published that the columnar evaluator can't compute, or computes otherwise than the scalar one."""

from pathlib import Path

import pytest

from babashi.rules.cases import Case, read_cases
from babashi.rules.columnar import Matcher, agreement, batch_of_subjects
from babashi.rules.columnar.match import HAS_NUMBA, Engine
from babashi.rules.facts import FactDictionary, packs_root
from babashi.rules.loader import find_packs, load_pack
from babashi.rules.pack import Pack
from babashi.rules.values import Subject

FOLDERS = find_packs(packs_root())


def loaded(folder: Path) -> tuple[Pack, list[Case]]:
    pack = load_pack(folder, FactDictionary.load())
    return pack, list(read_cases(pack))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_shipped_packs_say_the_same_in_columns(folder: Path) -> None:
    pack, cases = loaded(folder)
    assert agreement.check_columns(pack, cases) == []


@pytest.mark.parametrize("engine", ["numpy", *(["numba"] if HAS_NUMBA else [])])
def test_an_item_without_conditions_is_for_everybody(engine: Engine) -> None:
    pack, _ = loaded(FOLDERS[0])
    items = [pack.item("scale-up"), pack.item("car-voucher")]
    batch = batch_of_subjects([Subject({}, {})] * 70, pack.dictionary)
    matcher = Matcher(items, engine)
    assert matcher.counts(batch).tolist() == [[0, 0], [70, 0]]
    assert matcher.verdicts(batch).eligible(1).all()
    pairs = matcher.sparse(batch, 0)
    assert sorted(zip(pairs.item.tolist(), pairs.row.tolist(), strict=True)) == [
        (1, row) for row in range(70)
    ]


def test_what_columns_cannot_compile_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **more: object) -> None:
        raise TypeError("unknown node")

    pack, cases = loaded(FOLDERS[0])
    monkeypatch.setattr(agreement, "Matcher", refuse)
    found = agreement.check_columns(pack, cases, "pack.yaml")
    assert len(found) == len(pack.items)
    assert "列式引擎不能编译" in found[0].message


def test_another_verdict_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    pack, cases = loaded(FOLDERS[0])

    class Swapped(Matcher):
        """Knows nothing of anybody."""

        def verdicts(self, *arguments: object, **more: object) -> object:
            found = super().verdicts(*arguments, **more)  # type: ignore[arg-type]
            found.planes[:] = 0
            return found

    monkeypatch.setattr(agreement, "Matcher", Swapped)
    found = agreement.check_columns(pack, cases)
    assert any("两个引擎的结论不一样：eligible 和 unknown" in problem.message for problem in found)
