"""Loading many at once gives what loading one gives, for any mixture of rows; frozen rows give it for ever."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from babashi.accounts.models import Department, User
from babashi.demo.names import uscc_of
from babashi.enterprises import columns
from babashi.enterprises.columns import column_of_json
from babashi.enterprises.merging import DECLARED_MARK, SUBJECT_TABLE
from babashi.enterprises.models import Enterprise, Origin, RegisterRow
from babashi.enterprises.queries import dictionary, subject_of, subject_of_rows
from babashi.enterprises.values import row_to_json
from babashi.rules.columnar import ColumnError
from babashi.rules.columnar.columns import column_of
from babashi.rules.values import Subject
from babashi.workdays import clock
from tests.property.random_rules import random_subject

REFS = frozenset(dictionary().order)
COUNT = 60


def plain(subject: Subject) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = {name: value for name, value in subject.facts.items() if value is not None}
    tables = {
        name: [{key: value for key, value in row.items() if value is not None} for row in rows]
        for name, rows in subject.tables.items()
        if rows is not None
    }
    return facts, tables


class District:
    """Enterprises with a random mixture of official, reviewer and declared rows, current and retired."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.offices = [
            Department.objects.get_or_create(district="500113", name=name)[0]
            for name in ("区统计局", "区财政局")
        ]
        self.person = User.objects.create_user(f"reviewer-{seed}")
        self.all = [self.settle(number) for number in range(COUNT)]

    def settle(self, number: int) -> Enterprise:
        rng, now = self.rng, clock.now()
        known = [name for name in dictionary().tables if rng.random() < 0.6]
        made = Enterprise.objects.create(
            uscc=uscc_of(5, number), name=f"企业{number}", known_tables=known, created_at=now, changed_at=now
        )
        taken: set[Any] = set()
        for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
            self.row(made, SUBJECT_TABLE, "", random_subject(rng, dictionary(), 0.3).facts, taken)
        for name in dictionary().tables:
            if rng.random() < 0.2:
                self.row(made, name, DECLARED_MARK, {}, taken, Origin.DECLARED)
            for row in random_subject(rng, dictionary(), 0.2).rows(name) or ():
                self.row(made, name, str(rng.randrange(4)), row, taken)
        return made

    def row(
        self, of: Enterprise, table: str, key: str, values: Any, taken: set[Any], origin: str | None = None
    ) -> None:
        rng = self.rng
        origin = origin or rng.choice(list(Origin))
        office = rng.choice([None, *self.offices])
        retired = clock.now() if rng.random() < 0.1 else None
        identity = (table, key, origin, office)
        if identity in taken and retired is None:
            return
        if retired is None:
            taken.add(identity)
        RegisterRow.objects.create(
            enterprise=of, table=table, key=key, origin=origin, values=row_to_json(values), department=office,
            as_of=dt.date(2022, 1, 1) + dt.timedelta(days=rng.randrange(3)), recorded_by=self.person,
            recorded_at=clock.now(), retired_at=retired,
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_many_at_once_are_what_each_of_them_is(seed: int) -> None:
    district = District(seed)
    many = columns.load([made.pk for made in district.all], dictionary())
    batch = many.batch(REFS)
    assert many.ids == [made.pk for made in district.all]
    for place, made in enumerate(district.all):
        expected = plain(subject_of(made))
        assert plain(many.subject(place)) == expected
        assert plain(batch.subject(place)) == expected
        assert plain(many.part(7, 50).batch(REFS).subject(place - 7)) == expected if 7 <= place < 50 else True


@pytest.mark.django_db
def test_frozen_rows_say_the_same_whatever_comes_later() -> None:
    district = District(99)
    many = columns.load([made.pk for made in district.all], dictionary())
    before = [plain(subject_of(made)) for made in district.all]
    frozen = list(zip(many.ids, many.known_tables, many.rows, strict=True))
    RegisterRow.objects.filter(retired_at=None).update(retired_at=clock.now())
    for made in district.all:
        district.row(made, SUBJECT_TABLE, "", {"employees_2021": 1}, set(), Origin.OFFICIAL)
    again = columns.load_frozen(frozen, dictionary())
    assert [plain(again.subject(place)) for place in range(COUNT)] == before
    for (_, known, rows), expected in zip(frozen, before, strict=True):
        subject = subject_of_rows(rows, known, dictionary())
        assert plain(subject) == expected
        assert all(subject.sources[name].label for name in subject.facts)


@pytest.mark.django_db
def test_a_row_is_never_edited_or_deleted_by_anybody() -> None:
    made = District(1).all[0]
    row = RegisterRow.objects.create(
        enterprise=made, table="loans", key="k", origin="official", values={"principal": "1.00"},
        as_of=dt.date(2022, 1, 1), recorded_at=clock.now(),
    )  # fmt: skip
    for change in ({"values": {}}, {"key": "x"}, {"as_of": dt.date(2022, 1, 2)}):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            RegisterRow.objects.filter(pk=row.pk).update(**change)
    with (
        pytest.raises(IntegrityError, match="never edited"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM enterprises_registerrow WHERE id = %s", [row.pk])
    assert RegisterRow.objects.filter(pk=row.pk).update(retired_at=clock.now()) == 1
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        RegisterRow.objects.filter(pk=row.pk).update(retired_at=None)


def test_numbers_become_the_same_column_as_by_the_long_way() -> None:
    spec = dictionary().facts["operating_revenue_2021"]
    texts = ["0", "12", "-3.5", "0.01", "-0.01", "123456789012.34", None, "7.125", "4.500", 12]
    quick = column_of_json(spec, texts)
    slow = column_of(spec, [None if text is None else Decimal(text) for text in texts])
    assert [quick.value(place) for place in range(len(texts))] == [slow.value(p) for p in range(len(texts))]


@pytest.mark.parametrize("text", ["9" * 18, "0.1234567890123"])
def test_a_number_that_fits_no_column_is_refused_there(text: str) -> None:
    with pytest.raises(ColumnError):
        column_of_json(dictionary().facts["operating_revenue_2021"], [text, "1"])
