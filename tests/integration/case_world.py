"""A small district for the tests of applications, publicity and reviews: the real pack, made-up enterprises."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from babashi.accounts.models import Department, Post, Role, User
from babashi.applications import services as applications
from babashi.applications.models import Application
from babashi.budget import services as budget
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import item as catalogue_item
from babashi.catalogue.services import publish_pack, texts_of
from babashi.enterprises.models import (
    BankAccount,
    Enterprise,
    ImportBatch,
    Member,
    Origin,
    ParameterValue,
    RegisterRow,
)
from babashi.enterprises.services import set_bank_account
from babashi.enterprises.values import row_to_json
from babashi.register_io.codes import uscc_check_character
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask
from babashi.reviews.queries import open_task
from babashi.workdays.clock import now

LEAD, FINANCE = "区经济信息委", "区财政局"
PACK = "banan-2022-63"
PACK_FOLDER = Path(__file__).parents[2] / "packs" / "banan" / "2022-63"
SCALE_UP, RETROFIT = f"{PACK}/scale-up", f"{PACK}/green-retrofit"
INTEREST, RD = f"{PACK}/interest-subsidy", f"{PACK}/rd-investment"
GREEN, FOOD = f"{PACK}/green-demonstration", f"{PACK}/food-insurance"
ALL_TABLES = ["certificates", "loans", "projects"]
SCALE_UP_FACTS: dict[str, Any] = {
    "district": "500113", "kind": "企业", "industry_code": "3670", "first_above_scale_year": 2021,
}  # fmt: skip
STAGE_ROLES = {
    "acceptance": (LEAD, Role.ACCEPTOR),
    "first-review": (LEAD, Role.FIRST_REVIEWER),
    "second-review": (LEAD, Role.SECOND_REVIEWER),
    "finance-check": (FINANCE, Role.FINANCE),
    "approval": (LEAD, Role.APPROVER),
}
_numbers = itertools.count(1)


def publish() -> None:
    """Publish the real pack; its own cases are run by its own tests, not before each of these."""
    files = {name: text for name, text in texts_of(PACK_FOLDER).items() if name != "cases.yaml"}
    publish_pack(files, by=None, enabled=True)


def item(full_id: str = SCALE_UP) -> CatalogueItem:
    return catalogue_item(full_id)


def department(name: str) -> Department:
    return Department.objects.get_or_create(name=name, district="500113")[0]


def official(role: str, where: str = LEAD, name: str = "") -> User:
    user = User.objects.create(username=f"official-{next(_numbers)}", display_name=name or f"{where}{role}")
    Post.objects.create(user=user, department=department(where), role=role)
    return user


def staff() -> dict[str, User]:
    """One official a stage."""
    return {stage: official(role, where) for stage, (where, role) in STAGE_ROLES.items()}


def uscc() -> str:
    body = f"91500113MA5{next(_numbers):06d}"
    return body + uscc_check_character(body)


def enterprise(facts: dict[str, Any] | None = None, *, tables: dict[str, list[dict[str, Any]]] | None = None,
               name: str = "", known: list[str] | None = None) -> Enterprise:  # fmt: skip
    """An enterprise whose ``facts`` and ``tables`` are official."""
    made = Enterprise.objects.create(
        uscc=uscc(), name=name or f"测试企业{next(_numbers)}（合成）", district="500113", kind="企业",
        contact_name="李经办", contact_phone="02366230000", is_synthetic=True, created_at=now(), changed_at=now(),
        known_tables=known if known is not None else sorted(tables or {}),
    )  # fmt: skip
    record(made, "enterprises", "", SCALE_UP_FACTS if facts is None else facts)
    for table, rows in (tables or {}).items():
        for number, row in enumerate(rows):
            record(made, table, f"{table}-{number}", row)
    return made


def borrower() -> tuple[Enterprise, dict[str, str]]:
    """Eligible for the interest subsidy, with its one loan as the register has it."""
    loan = {
        "loan_id": "D1",
        "purpose": "流动资金",
        "principal": "2000000",
        "starts_on": "2022-03-01",
        "ends_on": "2022-09-01",
    }
    facts = {
        "industry_code": "3612", "employees_2021": "100", "operating_revenue_2021": "50000000", "green_industry": "是",
        "strategic_emerging": "否", "pollution_carbon_reduction": "否", "interest_subsidy_other_category": "否",
    }  # fmt: skip
    return enterprise(SCALE_UP_FACTS | facts, tables={"loans": [loan], "certificates": []}), loan


def record(owner: Enterprise, table: str, key: str, values: dict[str, Any]) -> None:
    RegisterRow.objects.create(
        enterprise=owner, table=table, key=key, origin=Origin.OFFICIAL, values=row_to_json(values),
        file=f"{table}.csv", row_number=2, as_of=date(2022, 6, 30), department=department("区统计局"),
        recorded_at=now(),
    )  # fmt: skip


def average(division: str, value: str) -> None:
    batch = ImportBatch.objects.create(digest=f"{next(_numbers):064d}", label="测试", as_of=date(2022, 6, 30),
                                       imported_at=now())  # fmt: skip
    ParameterValue.objects.create(
        table="rd_intensity_average", key=f"{division}|2021", value=Decimal(value), batch=batch,
        as_of=date(2022, 6, 30),
    )  # fmt: skip


def member(of: Enterprise) -> User:
    user = User.objects.create(username=f"member-{next(_numbers)}", display_name="李经办")
    Member.objects.create(enterprise=of, user=user, role="owner", since=now())
    return user


def account_number(of: Enterprise) -> str:
    return f"62170000{of.pk:08d}"


def account(of: Enterprise, by: User, number: str = "") -> BankAccount:
    return set_bank_account(
        of, account_name=of.name, bank_name="中国银行重庆巴南支行", number=number or account_number(of), by=by
    )


def money(amount: str, full_id: str = SCALE_UP) -> None:
    budget.appropriate(
        full_id,
        Decimal(amount),
        by=official(Role.FINANCE, FINANCE),
        memo="测试预算安排",
        reference=f"T{next(_numbers)}",
    )


def submitted(
    full_id: str = SCALE_UP, *, of: Enterprise | None = None, fields: dict[str, str] | None = None
) -> tuple[Application, User]:
    """A case that stands at acceptance, and the person who sent it."""
    owner = of or enterprise()
    person = member(owner)
    account(owner, person)
    draft = applications.start_draft(owner, item(full_id), by=person)
    if fields:
        draft = applications.save_draft(draft, {**draft.form, **fields}, draft.revision, by=person)
    return reviews.submit_and_open(draft, revision=draft.revision, by=person), person


def task(application: Application) -> StageTask:
    found = open_task(application)
    assert found is not None, f"no open task, state {application.state}"
    return found


def walk(application: Application, people: dict[str, User], until: str) -> Application:
    """Pass every stage up to (not including) ``until``; publicity ends by itself."""
    while True:
        application.refresh_from_db()
        current = task(application)
        if current.stage == until:
            return application
        if current.stage == "publicity":
            assert current.due_on is not None
            reviews.finish_publicity(date.fromordinal(current.due_on.toordinal() + 1))
        else:
            reviews.decide(current, "passed", by=people[current.stage], opinion="同意")
