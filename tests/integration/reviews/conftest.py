"""The real pack, one official a stage, and a case at acceptance."""

from __future__ import annotations

import pytest
from tests.integration import case_world as world

from babashi.accounts.models import User
from babashi.applications.models import Application


@pytest.fixture
def people(db: None) -> dict[str, User]:
    world.publish()
    return world.staff()


@pytest.fixture
def case(people: dict[str, User]) -> Application:
    return world.submitted()[0]
