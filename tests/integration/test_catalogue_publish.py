"""Publishing packs: immutable versions, four eyes, what the catalogue then finds."""

from pathlib import Path

import pytest

from babashi.accounts.models import Department, Post, User
from babashi.audit.errors import Conflict, Invalid, NotAllowed
from babashi.audit.models import AuditEntry
from babashi.catalogue import queries, services
from babashi.catalogue.errors import BrokenPack, SamePerson, VersionTaken
from babashi.catalogue.models import CatalogueItem, PackDraft, PackVersion
from babashi.rules.facts import packs_root
from babashi.workdays import clock

pytestmark = pytest.mark.django_db
BANAN = packs_root() / "banan" / "2022-63"


def official(name: str, role: str) -> User:
    department, _ = Department.objects.get_or_create(district="500113", name="区经济信息委")
    user = User.objects.create_user(name, display_name=name)
    Post.objects.create(user=user, department=department, role=role)
    return user


@pytest.fixture
def texts() -> dict[str, str]:
    return services.texts_of(BANAN)


@pytest.fixture
def version() -> PackVersion:
    return services.publish_pack(BANAN, by=None)


def test_publishing_stores_the_sources_and_lists_eight_items(version: PackVersion) -> None:
    assert version.is_current
    assert version.enabled
    assert CatalogueItem.objects.filter(pack_version=version).count() == 8
    assert queries.compiled(version).digest == version.digest
    assert AuditEntry.objects.filter(action="catalogue.published").count() == 1


def test_the_same_content_again_changes_nothing(version: PackVersion) -> None:
    again = services.publish_pack(BANAN, by=None)
    assert again.pk == version.pk
    assert PackVersion.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_published_version_can_not_be_replaced(version: PackVersion, texts: dict[str, str]) -> None:
    texts["pack.yaml"] = texts["pack.yaml"].replace("short_title: 巴七条", "short_title: 巴七条措施")
    with pytest.raises(VersionTaken, match="版本号"):
        services.publish_pack(texts, by=None)
    assert PackVersion.objects.count() == 1


def test_a_new_version_takes_over_and_the_old_one_stays_readable(
    version: PackVersion, texts: dict[str, str]
) -> None:
    texts["pack.yaml"] = texts["pack.yaml"].replace('version: "1.0.1"', 'version: "1.1.0"')
    newer = services.publish_pack(texts, by=None)
    version.refresh_from_db()
    assert (version.is_current, newer.is_current) == (False, True)
    assert queries.item("banan-2022-63/scale-up").pack_version_id == newer.pk
    assert queries.item_in_version("banan-2022-63/scale-up", "1.0.1").pack_version_id == version.pk
    with pytest.raises(Conflict):
        services.enable_pack(version, by=None)


def test_a_broken_pack_is_refused_with_every_place(texts: dict[str, str]) -> None:
    texts["pack.yaml"] = texts["pack.yaml"].replace(
        "rd_expense_2021 < 1000万元", "rd_expence_2021 < 1000万元"
    )
    with pytest.raises(BrokenPack) as caught:
        services.publish_pack(texts, by=None)
    assert any("pack.yaml:" in line and "rd_expence_2021" in line for line in caught.value.problems)
    assert not PackVersion.objects.exists()


def test_a_pack_whose_cases_fail_is_refused(texts: dict[str, str]) -> None:
    assert "verdict: eligible" in texts["cases.yaml"]
    texts["cases.yaml"] = texts["cases.yaml"].replace("verdict: eligible", "verdict: ineligible", 1)
    with pytest.raises(BrokenPack) as caught:
        services.publish_pack(texts, by=None)
    assert any(line.startswith("cases.yaml:") for line in caught.value.problems)


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有文件夹"):
        services.publish_pack(tmp_path / "nowhere", by=None)


def test_disabled_packs_leave_the_catalogue(version: PackVersion) -> None:
    services.disable_pack(version, by=None)
    assert queries.current_packs() == []
    assert not queries.search("", None, clock.today()).exists()
    services.enable_pack(version, by=None)
    assert [pack.id for pack in queries.current_packs("500113")] == ["banan-2022-63"]
    assert queries.current_packs("440300") == []


def test_author_and_publisher_are_two_people(texts: dict[str, str]) -> None:
    author, publisher = official("编制人", "policy_author"), official("发布人", "policy_publisher")
    draft = services.submit_draft(texts, by=author, note="首次发布")
    with pytest.raises(NotAllowed):
        services.publish_draft(draft.pk, by=author)
    version = services.publish_draft(draft.pk, by=publisher)
    draft.refresh_from_db()
    assert (draft.state, draft.decided_by) == ("published", publisher)
    assert version.published_by == publisher
    with pytest.raises(Conflict, match="已经处理"):
        services.publish_draft(draft.pk, by=publisher)


def test_nobody_publishes_his_own_draft_even_with_both_roles(texts: dict[str, str]) -> None:
    both = official("管理员", "administrator")
    draft = services.submit_draft(texts, by=both)
    with pytest.raises(SamePerson):
        services.publish_draft(draft.pk, by=both)
    assert PackDraft.objects.get().state == "waiting"


def test_a_draft_goes_back_with_a_reason(texts: dict[str, str]) -> None:
    author, publisher = official("编制人", "policy_author"), official("发布人", "policy_publisher")
    draft = services.submit_draft(texts, by=author)
    with pytest.raises(Invalid):
        services.refuse_draft(draft.pk, by=publisher, reason="  ")
    services.refuse_draft(draft.pk, by=publisher, reason="第三条出处不对")
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("refused", "第三条出处不对")
    assert not PackVersion.objects.exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("贴息", ["interest-subsidy"]),
        ("升规", ["scale-up"]),
        ("绿色 技术改造", ["green-retrofit"]),
        ("66219203", ["rd-investment"]),
        ("ＬＰＲ", ["interest-subsidy"]),
        ("食品", ["food-insurance"]),
        ("乘用车", ["car-voucher"]),
        ("没有这个词组", []),
        ("'; --", []),
    ],
)
def test_two_character_words_are_found(version: PackVersion, words: str, expected: list[str]) -> None:
    found = [item.full_id.split("/")[1] for item in queries.search(words, None, clock.today())]
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_one_character_is_found_as_prefix(version: PackVersion) -> None:
    found = {item.full_id for item in queries.search("贷", None, clock.today())}
    assert "banan-2022-63/interest-subsidy" in found


@pytest.fixture
def filters() -> type[queries.Filters]:
    return queries.Filters


def test_filters_narrow(version: PackVersion, filters: type[queries.Filters]) -> None:
    def ids(**given: object) -> set[str]:
        rows = queries.search("", filters(**given), clock.today())  # type: ignore[arg-type]
        return {row.full_id.split("/")[1] for row in rows}

    assert ids(department="区商务委") == {"car-voucher"}
    assert ids(kind="subsidy") == {"green-retrofit", "rd-investment"}
    assert ids(who="园区") == {"green-demonstration"}
    assert ids(who="个体工商户") == {"food-insurance"}
    assert ids(who="个人") == {"car-voucher"}


def test_amounts_in_the_list_come_from_the_rule(version: PackVersion) -> None:
    amounts = {row.full_id.split("/")[1]: row.amount for row in queries.current_items()}
    assert amounts["scale-up"] == "20万元"
    assert amounts["green-demonstration"] == "10万元—20万元"
    assert amounts["green-retrofit"] == "最高150万元"
    assert amounts["interest-subsidy"] == "最高30万元"
    assert amounts["rd-investment"] == ""
