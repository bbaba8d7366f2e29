"""Small helpers that make just enough of a district for the tests of budget, payments and feedback."""

import itertools
from datetime import date
from decimal import Decimal

from babashi.accounts.models import Department, Post, Role, User
from babashi.applications.flow import EventKind
from babashi.applications.models import Application, State
from babashi.budget import services as budget
from babashi.catalogue.models import CatalogueItem, PackVersion
from babashi.enterprises.models import BankAccount, Enterprise, Member
from babashi.files.cipher import seal
from babashi.workdays.clock import now

FULL_ID = "test-pack/scale-up"
_numbers = itertools.count(1)


def department(name: str = "区财政局") -> Department:
    return Department.objects.get_or_create(name=name, district="500113")[0]


def official(role: str = Role.FINANCE, name: str = "", where: str = "区财政局") -> User:
    user = User.objects.create(username=name or f"official-{next(_numbers)}", display_name=name)
    Post.objects.create(user=user, department=department(where), role=role)
    return user


def item(full_id: str = FULL_ID, title: str = "鼓励工业企业做大做强") -> CatalogueItem:
    known = CatalogueItem.objects.filter(full_id=full_id).first()
    if known:
        return known
    pack_id = full_id.split("/")[0]
    version, _ = PackVersion.objects.get_or_create(
        pack_id=pack_id,
        version="1",
        defaults={
            "digest": pack_id.ljust(64, "0")[:64],
            "number": "测试〔2022〕1号",
            "title": "测试措施",
            "issuer": "测试",
            "region": "500113",
            "files": {},
            "published_at": now(),
        },
    )
    return CatalogueItem.objects.create(
        pack_version=version,
        full_id=full_id,
        position=CatalogueItem.objects.count() + 1,
        article="一",
        title=title,
        kind="reward",
        applicant="enterprise",
        channel="application",
        lead=department("区经济信息委"),
        until=date(2022, 12, 31),
        words={},
    )


def enterprise(name: str = "") -> Enterprise:
    number = next(_numbers)
    return Enterprise.objects.create(
        uscc=f"91500113TEST{number:06d}",
        name=name or f"测试企业{number}（合成）",
        district="500113",
        kind="企业",
        is_synthetic=True,
        created_at=now(),
        changed_at=now(),
    )


def member(of: Enterprise) -> User:
    user = User.objects.create(username=f"member-{next(_numbers)}", display_name="经办人")
    Member.objects.create(enterprise=of, user=user, role="owner", since=now())
    return user


def bank_account(of: Enterprise, by: User, number: str = "6222020200112233445") -> BankAccount:
    BankAccount.objects.filter(enterprise=of, retired_at=None).update(retired_at=now())
    return BankAccount.objects.create(
        enterprise=of,
        account_name=of.name,
        bank_name="重庆合成银行巴南支行",
        number_sealed=seal(number, f"bank:{of.uscc}"),
        number_tail=number[-4:],
        recorded_by=by,
        recorded_at=now(),
    )


def approved(amount: str = "200000.00", full_id: str = FULL_ID) -> Application:
    """An approved application whose money is reserved."""
    from babashi.applications import services as applications

    firm = enterprise()
    person = member(firm)
    number = f"BN2022-{next(_numbers):06d}"
    application = Application.objects.create(
        number=number,
        enterprise=firm,
        item=item(full_id),
        full_id=full_id,
        state=State.APPROVAL,
        started_by=person,
        started_at=now(),
        submitted_by=person,
        submitted_at=now(),
        complete_on=now().date(),
        verdict="eligible",
        amount_min=Decimal(amount),
        amount_max=Decimal(amount),
        approved_amount=Decimal(amount),
        bank_account=bank_account(firm, person),
    )
    budget.reserve(full_id, Decimal(amount), reference=number, by=None)
    applications.record_event(application, EventKind.APPROVED, by=None)
    application.refresh_from_db()
    return application
