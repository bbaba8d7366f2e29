"""Another district runs the same program with its own packs: what is not its own stays away."""

from __future__ import annotations

from pathlib import Path

import pytest

from babashi.accounts.models import Department, Post, Role
from babashi.audit.errors import Invalid
from babashi.catalogue import services
from babashi.catalogue.models import CatalogueItem, PackVersion
from babashi.catalogue.queries import current_packs
from babashi.enterprises.models import Enterprise
from babashi.site import demo, prepare

pytestmark = pytest.mark.django_db
HOME = "339998"
PACK = """format: 1
id: qingshi-2024-7
version: "1"
document: {number: 青商字〔2024〕7号, title: 青石区支持夜间经济办法REGION}
readings:
  - {id: all, text: "青石区对装灯的企业给予 2万元，到 2030-12-31。", confirm_by: 区商务局}
processes:
  short:
    - {id: accept, label: 受理, role: acceptor, department: 区政务局}
    - {id: sign, label: 审定, role: approver, department: lead}
items:
  - id: light
    article: 二
    title: 灯光补助
    kind: subsidy
    until: {day: 2030-12-31, reading: all}
    lead: 区商务局
    support: [区城管局]
    eligible: {id: enterprise, test: 'kind == "企业"', reading: all}
    benefit: {amount: 2万元, reading: all}
    process: short
"""


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.BABASHI_DISTRICT, settings.BABASHI_DISTRICT_NAME = HOME, "浙省青石区"
    return tmp_path


def texts(region: str = "") -> dict[str, str]:
    return {"pack.yaml": PACK.replace("REGION", f', region: "{region}"' if region else "")}


@pytest.mark.parametrize("region", ["", HOME, "339900", "330000", "000000"])
def test_a_pack_of_the_district_or_above_it_is_matched(region: str) -> None:
    services.publish_pack(texts(region), by=None)
    assert [pack.id for pack in current_packs(HOME)] == ["qingshi-2024-7"]


@pytest.mark.parametrize("region", ["500113", "339997", "339800"])
def test_a_pack_of_elsewhere_is_refused_with_both_names(region: str) -> None:
    with pytest.raises(Invalid, match=f"{region}.*{HOME}（浙省青石区）") as refused:
        services.publish_pack(texts(region), by=None)
    assert "BABASHI_DISTRICT" in refused.value.message
    assert not PackVersion.objects.exists()


def test_every_department_that_has_to_act_is_there_to_be_appointed_to() -> None:
    services.publish_pack(texts(), by=None)
    found = set(Department.objects.values_list("district", "name"))
    assert found == {(HOME, "区商务局"), (HOME, "区城管局"), (HOME, "区政务局")}


def test_the_shipped_packs_of_elsewhere_are_left_out_and_told(settings) -> None:
    """The first start of another district must not show it the policies of 巴南."""
    said: list[str] = []
    prepare.packs(said.append)
    assert not CatalogueItem.objects.exists()
    told = "\n".join(said)
    assert "banan-2022-63" in told
    assert "BABASHI_PACKS" in told


def test_its_own_packs_are_published_at_the_start(settings, home: Path) -> None:
    folder = home / "qingshi" / "2024-7"
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK.replace("REGION", ""), encoding="utf-8")
    settings.BABASHI_PACKS = home
    said: list[str] = []
    prepare.packs(said.append)
    assert [version.pack_id for version in PackVersion.objects.all()] == ["qingshi-2024-7"]
    assert said == []


def test_a_broken_draft_and_a_changed_version_do_not_keep_the_rest_from_starting(
    settings, home: Path
) -> None:
    """Whoever drafts in the folder of packs must be able to start the service again."""
    settings.BABASHI_PACKS = home
    for name in ("draft", "good"):
        (home / name).mkdir()
    good, draft = home / "good" / "pack.yaml", home / "draft" / "pack.yaml"
    good.write_text(PACK.replace("REGION", ""), encoding="utf-8")
    draft.write_text(PACK.replace("REGION", "").replace("kind: subsidy", "kind: gift"), encoding="utf-8")
    said: list[str] = []
    prepare.packs(said.append)
    assert [version.pack_id for version in PackVersion.objects.all()] == ["qingshi-2024-7"]
    assert said == [
        f"{draft.parent} 没有发布：政策包有 1 处错误，改正后才能发布。用 babashi packs check 查看。"
    ]
    good.write_text(PACK.replace("REGION", "").replace("灯光补助", "灯光补贴"), encoding="utf-8")
    draft.unlink()
    said.clear()
    prepare.packs(said.append)
    assert PackVersion.objects.count() == 1
    (told,) = said
    assert "请在 pack.yaml 里换一个新的版本号" in told


class TestTrial:
    """The demo of another district: its own policies, nobody invented but the people in the posts."""

    @pytest.fixture(autouse=True)
    def started(self, settings) -> list[str]:
        settings.BABASHI_DEMO = True
        services.publish_pack(texts(), by=None)
        said: list[str] = []
        assert demo.load(enterprises=40, say=said.append)
        return said

    def test_it_starts_without_synthetic_enterprises_and_says_what_to_do(self, started: list[str]) -> None:
        assert not Enterprise.objects.exists()
        told = "\n".join(started)
        assert "register import" in told
        assert not demo.load(enterprises=40, say=started.append)

    def test_every_stage_of_every_item_has_two_people(self) -> None:
        for stage in ("acceptor", "区政务局"), ("approver", "区商务局"), ("finance", "区财政局"):
            assert Post.objects.filter(role=stage[0], department__name=stage[1]).count() == 2, stage
        assert {post.role for post in Post.objects.all()} == set(Role.values)
        assert Department.objects.filter(district=HOME, name="区财政局").exists()

    def test_the_accounts_are_printed_and_shown(self, client) -> None:
        names = {username for _, username, _ in demo.sign_ins()} | {"x"}
        assert {"qiye1", "shouli", "shending", "bokuan", "guanli"} <= names
        assert {name: what for _, name, what in demo.people()}["shouli"] == "区政务局 · 受理"
        page = client.get("/demo/").content.decode()
        assert "shouli" in page
        assert "升规" not in page
        assert "babashi register import" in page
