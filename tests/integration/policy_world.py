"""A small district for tests of catalogue, matching and outreach: the shipped packs and some synthetic enterprises."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from babashi.accounts.models import Department, Post, User
from babashi.catalogue import services as catalogue
from babashi.demo.names import uscc_of
from babashi.demo.write import write_district
from babashi.enterprises.models import Enterprise, Member
from babashi.enterprises.services import import_register
from babashi.register_io.reading import read_register
from babashi.rules.facts import FactDictionary, packs_root
from babashi.workdays import clock

SEED = 63
BANAN = packs_root() / "banan" / "2022-63"
AS_OF = dt.date(2022, 8, 31)


def publish() -> None:
    """The pack of the notice, in force."""
    catalogue.publish_pack(BANAN, by=None)


def settle(folder: Path, count: int = 40) -> None:
    """Import a synthetic register; the first eight enterprises are hand-made showcases."""
    known = FactDictionary.load()
    write_district(folder / "district", known, count=count, seed=SEED)
    register = read_register(folder / "district", known)
    import_register(register, label="合成数据", as_of=AS_OF, by=None)


def showcase(number: int) -> Enterprise:
    """One of the hand-made enterprises (0 升规, 1 绿色示范, 2 技改, 3 研发, 4 贴息, 5 食品, 6 培训, 7 多项)."""
    return Enterprise.objects.get(uscc=uscc_of(SEED, number))


def member(enterprise: Enterprise, name: str = "clerk") -> User:
    """A person proven to speak for the enterprise."""
    user = User.objects.create_user(name, display_name=name)
    Member.objects.create(enterprise=enterprise, user=user, role="owner", since=clock.now())
    return user


def official(name: str, role: str, department: str = "区经济信息委") -> User:
    """A person with one post."""
    home, _ = Department.objects.get_or_create(district="500113", name=department)
    user = User.objects.create_user(name, display_name=name)
    Post.objects.create(user=user, department=home, role=role)
    return user
