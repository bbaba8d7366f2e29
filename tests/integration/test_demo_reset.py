"""Making the demo anew: only a demo, never with one real enterprise in it."""

from __future__ import annotations

import argparse
import io
from typing import Any

import pytest
from django.db import connection

from babashi.enterprises.models import Enterprise
from babashi.site import demo_cli
from babashi.site.environment import SettingsError
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db


def test_a_demo_is_emptied_completely() -> None:
    world.enterprise()
    with connection.cursor() as cursor:  # what a commit would have done
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    demo_cli.clear()
    assert connection.introspection.table_names() == []


def test_one_real_enterprise_stops_it() -> None:
    world.enterprise()
    Enterprise.objects.filter(pk=world.enterprise().pk).update(is_synthetic=False)
    with pytest.raises(SettingsError, match="非合成的企业"):
        demo_cli.clear()
    assert Enterprise.objects.count() == 2


def test_outside_demo_mode_nothing_is_touched(settings: Any) -> None:
    world.enterprise()
    settings.BABASHI_DEMO = False
    with pytest.raises(SettingsError, match="只有演示环境"):
        demo_cli.clear()
    assert Enterprise.objects.count() == 1


def test_without_anybody_to_answer_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    world.enterprise()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    arguments = argparse.Namespace(yes=False, enterprises=1, empty=True)
    with pytest.raises(SettingsError, match="没有改动任何数据"):
        demo_cli._reset(arguments)
    assert Enterprise.objects.count() == 1
