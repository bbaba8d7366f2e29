"""Packs that come with the platform: published on the first start, later ones offered and never put in force unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from babashi.catalogue import services
from babashi.catalogue.models import PackVersion
from babashi.site import prepare
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
BANAN = "banan-2022-63"


def earlier() -> PackVersion:
    """The version before the shipped one, as an installation may hold it."""
    texts = {
        name: text for name, text in services.texts_of(world.PACK_FOLDER).items() if name != "cases.yaml"
    }
    texts["pack.yaml"] = (
        texts["pack.yaml"]
        .replace('version: "1.0.1"', 'version: "1.0.0"')
        .replace("name: 2021年首次升规", "name: 2021 年首次升规")
    )
    return services.publish_pack(texts, by=None)


def start() -> list[str]:
    said: list[str] = []
    prepare.packs(said.append)
    return said


def test_a_first_start_publishes_what_is_shipped() -> None:
    assert start() == []
    current = PackVersion.objects.get(pack_id=BANAN)
    assert (current.version, current.is_current) == ("1.0.1", True)
    assert start() == [], "started again, nothing changes"
    assert PackVersion.objects.filter(pack_id=BANAN).count() == 1


def test_an_installation_keeps_its_version_and_is_told_of_the_other() -> None:
    held = earlier()
    case, _ = world.submitted()
    said = [line for line in start() if BANAN in line]
    held.refresh_from_db()
    assert held.is_current
    assert not PackVersion.objects.filter(pack_id=BANAN, version="1.0.1").exists()
    assert len(said) == 1
    for words in ("1.0.1", "1.0.0", "babashi catalogue publish"):
        assert words in said[0], words
    case.refresh_from_db()
    assert case.item.pack_version_id == held.pk


def test_taken_up_it_is_in_force_and_cases_stay_with_theirs() -> None:
    held = earlier()
    case, _ = world.submitted()
    assert services.publish_pack(world.PACK_FOLDER, by=None).is_current
    held.refresh_from_db()
    assert not held.is_current
    case.refresh_from_db()
    assert case.item.pack_version_id == held.pk
    page = Client().get(f"/policies/{world.SCALE_UP}/").content.decode()
    assert "2021年首次升规" in page
    assert "2021 年首次升规" not in page
    assert start() == [], "nothing is left to be told"


def test_no_text_of_a_shipped_pack_has_gaps_around_figures() -> None:
    """Quotations are the notice's own words and stay as they are."""
    for folder in services.shipped_packs():
        for number, line in enumerate(Path(folder, "pack.yaml").read_text("utf-8").splitlines(), start=1):
            if line.lstrip().startswith(("text:", "name:", "hint:")):
                assert not gaps(line), f"{folder.name}:{number}: {line.strip()}"


def gaps(line: str) -> bool:
    """Whether a space stands between a figure and a Chinese word."""
    return any(
        line[at] == " " and {_kind(line[at - 1]), _kind(line[at + 1])} == {"figure", "word"}
        for at in range(1, len(line) - 1)
    )


def _kind(sign: str) -> str:
    return "figure" if sign.isdigit() or sign == "%" else "word" if "一" <= sign <= "鿿" else ""
