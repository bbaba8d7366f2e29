"""Taking in registers: provenance, idempotence, all or nothing, and the merge of official and declared facts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from babashi.accounts.models import Department, Role, User
from babashi.accounts.services import appoint
from babashi.audit.errors import DomainError, Invalid, NotAllowed
from babashi.audit.models import AuditEntry
from babashi.enterprises.importing import RegisterRefused, import_register
from babashi.enterprises.models import Enterprise, Member, RegisterRow
from babashi.enterprises.queries import (
    fact_sheet,
    facts_are_official,
    member_or_404,
    register_parameters,
    subject_of,
    subjects_of,
)
from babashi.enterprises.services import (
    account_number,
    declare_facts,
    declare_rows,
    record_official_fact,
    set_bank_account,
)
from babashi.register_io.reading import read_register
from babashi.register_io.register import Register
from babashi.rules.facts import FactDictionary
from babashi.rules.values import NEVER
from babashi.workdays.clock import now

pytestmark = pytest.mark.django_db
ONE, TWO = "91500113MA5U000018", "91500113MA5U000026"
AS_OF = dt.date(2022, 8, 31)
ENTERPRISES = f"""uscc,name,kind,district,employees_2021,operating_revenue_2021,first_above_scale_year,food_activities
{ONE},甲公司,企业,500113,280,,2021,生产|餐饮
{TWO},乙公司,企业,500113,,20000000.00,无,无
"""
LOANS = f"uscc,loan_id,purpose,principal,starts_on,ends_on\n{ONE},L1,流动资金,500000,2022-03-01,2022-09-01\n"


def register(folder: Path, **files: str) -> Register:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_register(folder, FactDictionary.load())


@pytest.fixture
def both(tmp_path: Path) -> Register:
    averages = "division,year,average\n13,2021,0.025\n"
    return register(tmp_path, enterprises=ENTERPRISES, loans=LOANS, rd_intensity_average=averages)


def load(found: Register, **options: object) -> object:
    return import_register(found, label="区统计局年报", as_of=AS_OF, by=None, **options)  # type: ignore[arg-type]


def person(name: str, enterprise: Enterprise | None = None) -> User:
    user = User.objects.create(username=name)
    if enterprise:
        Member.objects.create(enterprise=enterprise, user=user, role="owner", since=now())
    return user


def test_every_value_keeps_its_place(both: Register) -> None:
    load(both)
    one = Enterprise.objects.get(uscc=ONE)
    subject = subject_of(one)
    assert subject.facts["employees_2021"] == 280
    assert "operating_revenue_2021" not in subject.facts
    assert subject.facts["food_activities"] == frozenset({"生产", "餐饮"})
    assert subject_of(Enterprise.objects.get(uscc=TWO)).facts["first_above_scale_year"] is NEVER
    assert subject.tables["loans"][0]["principal"] == Decimal(500000)
    assert "enterprises.csv 第 2 行" in subject.sources["employees_2021"].label
    assert subject.sources["loans.0.principal"].as_of == AS_OF
    assert register_parameters() == {"rd_intensity_average": {("13", "2021"): Decimal("0.025")}}


def test_absent_table_is_unknown_and_no_row_is_none(both: Register) -> None:
    load(both)
    subjects = {
        enterprise.uscc: subject
        for enterprise, subject in subjects_of(Enterprise.objects.values_list("pk", flat=True))
    }
    assert subjects[TWO].tables == {"loans": []}
    assert subjects[ONE].rows("certificates") is None


def test_the_same_files_twice_change_nothing(both: Register) -> None:
    first = load(both)
    rows, entries = RegisterRow.objects.count(), AuditEntry.objects.count()
    second = load(both)
    assert second.unchanged
    assert (RegisterRow.objects.count(), AuditEntry.objects.count()) == (rows, entries)
    assert len(first.changed_ids) == 2


def test_only_what_changed_is_replaced(both: Register, tmp_path: Path) -> None:
    load(both)
    changed = register(tmp_path, enterprises=ENTERPRISES.replace("280", "300"), loans="uscc,loan_id\n")
    report = load(changed)
    assert report.changed_ids == [Enterprise.objects.get(uscc=ONE).pk]
    assert subject_of(Enterprise.objects.get(uscc=ONE)).facts["employees_2021"] == 300
    assert subject_of(Enterprise.objects.get(uscc=ONE)).tables["loans"] == []
    assert RegisterRow.objects.filter(retired_at__isnull=False).count() == 2
    assert RegisterRow.objects.get(enterprise__uscc=TWO, retired_at=None).batch_id != report.batch.pk


def test_errors_keep_everything_out_unless_valid_rows_are_accepted(tmp_path: Path) -> None:
    broken = ENTERPRISES.replace(",280,", ",-1,")
    found = register(tmp_path, enterprises=broken, loans=LOANS)
    with pytest.raises(RegisterRefused) as refused:
        load(found)
    assert refused.value.problems
    assert not Enterprise.objects.exists()
    report = load(found, accept_valid=True)
    assert list(Enterprise.objects.values_list("uscc", flat=True)) == [TWO]
    assert report.added == 1


def test_a_dry_run_leaves_nothing(both: Register) -> None:
    report = load(both, dry_run=True)
    assert (report.enterprises, report.added, report.batch) == (2, 3, None)
    assert not Enterprise.objects.exists()
    assert not AuditEntry.objects.exists()


def test_children_alone_need_known_enterprises(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="档案中没有的企业"):
        load(register(tmp_path, loans=LOANS))


def test_import_needs_the_post(both: Register) -> None:
    office = Department.objects.create(name="区统计局", district="500113")
    user = person("登记员")
    with pytest.raises(NotAllowed):
        import_register(both, label="年报", as_of=AS_OF, by=user, department=office)
    appoint(user, office, Role.REGISTRAR, by=None)
    import_register(both, label="年报", as_of=AS_OF, by=user, department=office)
    assert subject_of(Enterprise.objects.get(uscc=ONE)).sources["kind"].label.startswith("区统计局 · 年报")


def test_declared_facts_never_overwrite_official_ones(both: Register) -> None:
    load(both)
    one = Enterprise.objects.get(uscc=ONE)
    clerk = person("经办", one)
    assert declare_facts(one, {"employees_2021": 500, "operating_revenue_2021": Decimal("1.50")}, by=clerk)
    assert not declare_facts(one, {"employees_2021": 500}, by=clerk)
    subject = subject_of(one)
    assert subject.facts["employees_2021"] == 280
    assert subject.facts["operating_revenue_2021"] == Decimal("1.50")
    assert subject.sources["operating_revenue_2021"].kind == "declared"
    line = next(line for line in fact_sheet(one) if line.spec.id == "employees_2021")
    assert line.differs
    assert line.others[0][0] == 500
    assert facts_are_official(one, ["employees_2021", "loans.principal"])
    assert not facts_are_official(one, ["operating_revenue_2021"])
    assert not facts_are_official(one, ["certificates"])
    with pytest.raises(Invalid):
        declare_facts(one, {"interest_subsidy_other_category": True}, by=clerk)
    with pytest.raises(NotAllowed):
        declare_facts(one, {"employees_2021": 1}, by=person("路人"))


def test_declared_rows(both: Register) -> None:
    load(both)
    two = Enterprise.objects.get(uscc=TWO)
    clerk = person("经办", two)
    row = {"kind": "专精特新", "level": "市级", "issued_on": dt.date(2021, 5, 1)}
    declare_rows(two, "certificates", [row], by=clerk)
    declare_rows(two, "projects", [], by=clerk)
    tables = subject_of(two).tables
    assert tables["certificates"][0]["issued_on"] == dt.date(2021, 5, 1)
    assert tables["projects"] == []
    declare_rows(two, "certificates", [], by=clerk)
    assert subject_of(two).tables["certificates"] == []
    with pytest.raises(Invalid):
        declare_rows(two, "certificates", [row, row], by=clerk)


def test_a_department_establishes_a_fact(both: Register) -> None:
    load(both)
    one, office = (
        Enterprise.objects.get(uscc=ONE),
        Department.objects.create(name="区经济信息委", district="500113"),
    )
    reviewer = person("审核")
    with pytest.raises(NotAllowed):
        record_official_fact(one, "interest_subsidy_other_category", True, by=reviewer, department=office)
    appoint(reviewer, office, Role.FIRST_REVIEWER, by=None)
    record_official_fact(one, "interest_subsidy_other_category", True, by=reviewer, department=office)
    subject = subject_of(one)
    assert subject.facts["interest_subsidy_other_category"] is True
    assert subject.sources["interest_subsidy_other_category"].label == "区经济信息委"


def test_bank_account_is_sealed_and_replaced(both: Register) -> None:
    load(both)
    one = Enterprise.objects.get(uscc=ONE)
    clerk = person("经办", one)
    first = set_bank_account(
        one, account_name=one.name, bank_name="中国银行重庆巴南支行", number="6222 0000 1111", by=clerk
    )
    assert b"622200001111" not in bytes(first.number_sealed)
    assert account_number(first) == "622200001111"
    again = set_bank_account(
        one, account_name=one.name, bank_name="中国银行重庆巴南支行", number="622200001111", by=clerk
    )
    assert again.pk == first.pk
    second = set_bank_account(
        one, account_name=one.name, bank_name="农业银行", number="9222000011112222", by=clerk
    )
    first.refresh_from_db()
    assert first.retired_at is not None
    assert second.number_tail == "2222"
    with pytest.raises(Invalid) as refused:
        set_bank_account(one, account_name="甲", bank_name="农行", number="12ab", by=clerk)
    assert set(refused.value.field_errors) == {"account_name", "bank_name", "number"}


def test_strangers_see_no_enterprise(both: Register) -> None:
    load(both)
    one = Enterprise.objects.get(uscc=ONE)
    assert member_or_404(person("经办", one), ONE.lower()) == one
    with pytest.raises(DomainError) as refused:
        member_or_404(person("路人"), ONE)
    assert refused.value.status == 404


def test_money_goes_to_the_enterprise_itself(both: Register) -> None:
    load(both)
    one = Enterprise.objects.get(uscc=ONE)
    clerk = person("经办", one)
    account = {"bank_name": "中国银行重庆巴南支行", "number": "6217000012345678", "by": clerk}
    for stranger in ("另一个人的账户", "@SUM(1)", f"{one.name}分公司"):
        with pytest.raises(Invalid) as refused:
            set_bank_account(one, account_name=stranger, **account)
        assert one.name in refused.value.field_errors["account_name"][0]
    spaced = " ".join(one.name)  # bank slips space names out
    assert set_bank_account(one, account_name=spaced, **account).account_name == spaced
    Enterprise.objects.filter(pk=one.pk).update(kind="个体工商户")
    one.refresh_from_db()
    set_bank_account(one, account_name="甲某", **account)
