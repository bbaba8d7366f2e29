"""The register desk: import with a preview, facts that a department establishes, claims."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from babashi.accounts.models import Role, User
from babashi.enterprises.models import Claim, Enterprise, ImportBatch, Member, StagedImport
from babashi.enterprises.queries import subject_of
from babashi.enterprises.services import start_claim
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db
USCC = "91500113MA5U000018"
GOOD = f"uscc,name,kind,employees_2021\n{USCC},甲公司,企业,280\n"


def desk(role: str = Role.REGISTRAR, where: str = "区发展改革委") -> tuple[Client, User]:
    user, client = world.official(role, where), Client()
    client.force_login(user)
    return client, user


def upload(client: Client, text: str = GOOD, name: str = "enterprises.csv") -> object:
    file = SimpleUploadedFile(name, text.encode())
    return client.post("/desk/register/imports/", {"files": [file], "label": "年报", "as_of": "2022-08-31"})


def test_import_is_looked_at_first_and_confirmed_once() -> None:
    client, _ = desk()
    answer = upload(client)
    staged = StagedImport.objects.get()
    assert answer.headers["Location"] == f"/desk/register/imports/{staged.pk}/"
    assert not Enterprise.objects.exists()
    assert "确认导入" in client.get(answer.headers["Location"]).content.decode()
    client.post(answer.headers["Location"], {"accept_valid": "no"})
    assert subject_of(Enterprise.objects.get(uscc=USCC)).facts["employees_2021"] == 280
    assert client.post(answer.headers["Location"], {"accept_valid": "no"}).status_code == 409
    assert ImportBatch.objects.count() == 1
    assert "甲公司" in client.get("/desk/register/?q=甲公司").content.decode()


def test_rows_in_error_are_shown_and_can_be_left_out() -> None:
    client, _ = desk()
    answer = upload(client, GOOD + "91500113MA5U000026,乙公司,企业,-3\n")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "只导入正确的行" in page
    assert "-3" in page
    client.post(answer.headers["Location"], {"accept_valid": "yes"})
    assert list(Enterprise.objects.values_list("uscc", flat=True)) == [USCC]


def test_an_upload_can_be_thrown_away() -> None:
    client, _ = desk()
    answer = upload(client)
    client.post(answer.headers["Location"], {"act": "discard"})
    assert not StagedImport.objects.exists()
    assert client.get(answer.headers["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("text", "name"),
    [("甲,乙\n1,2\n", "enterprises.csv"), (GOOD, "enterprises.exe"), ("", "enterprises.csv")],
)
def test_unusable_files_are_refused(text: str, name: str) -> None:
    client, _ = desk()
    assert upload(client, text, name).status_code == 422
    assert not StagedImport.objects.exists()


def test_only_registrars_import_and_auditors_only_read() -> None:
    reviewer, _ = desk(Role.FIRST_REVIEWER, world.LEAD)
    assert upload(reviewer).status_code == 403
    assert reviewer.get("/desk/register/").status_code == 200
    auditor, _ = desk(Role.AUDITOR, "区审计局")
    assert auditor.get("/desk/register/imports/").status_code == 200
    assert upload(auditor).status_code == 403
    assert Client().get("/desk/register/").status_code == 302


def test_a_department_records_a_fact_and_fills_the_rest() -> None:
    owner, other = world.enterprise(), world.enterprise()
    client, _ = desk(Role.FIRST_REVIEWER, world.LEAD)
    address = f"/desk/register/{owner.uscc}/"
    wrong = client.post(address, {"fact": "interest_subsidy_other_category", "value": "也许"})
    assert wrong.status_code == 422
    client.post(address, {"fact": "interest_subsidy_other_category", "value": "是"})
    assert subject_of(owner).facts["interest_subsidy_other_category"] is True
    fill = "/desk/register/fill/interest_subsidy_other_category/"
    assert client.post(fill, {"value": "no", "expected": "7"}).status_code == 409
    client.post(fill, {"value": "no", "expected": "1"})
    assert subject_of(other).facts["interest_subsidy_other_category"] is False
    assert subject_of(owner).facts["interest_subsidy_other_category"] is True
    assert client.get(address).status_code == 200


def test_a_claim_is_decided_with_a_ground() -> None:
    owner, person = world.enterprise(), User.objects.create(username="somebody")
    claim = start_claim(owner, person, "clerk")
    client, _ = desk()
    assert owner.name in client.get("/desk/register/claims/").content.decode()
    assert client.post(f"/desk/register/claims/{claim.pk}/", {"act": "approve"}).status_code == 422
    client.post(f"/desk/register/claims/{claim.pk}/", {"act": "approve", "reason": "已核对营业执照"})
    assert Member.objects.filter(enterprise=owner, user=person, ended_at=None).exists()
    assert Claim.objects.get(pk=claim.pk).state == "approved"
    assert (
        client.post(f"/desk/register/claims/{claim.pk}/", {"act": "approve", "reason": "再来"}).status_code
        == 404
    )


def test_the_list_needs_a_constant_number_of_queries(django_assert_max_num_queries) -> None:
    client, _ = desk()
    for _ in range(30):
        world.enterprise()
    with django_assert_max_num_queries(12):
        client.get("/desk/register/")
