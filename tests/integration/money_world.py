"""Small helpers that make just enough of a district for the tests of budget, payments and feedback."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection

from babashi.accounts.models import Department, Post, Role, User
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


@contextmanager
def made_up() -> Iterator[None]:
    """Histories that never happened, for tests that only count: the guards of the database look away meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what really happened was lawful
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET LOCAL session_replication_role = origin")
