"""The real pack, an enterprise that can have what it asks for, and its member at the browser."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.enterprises.models import Enterprise


@pytest.fixture
def owner(db: None) -> Enterprise:
    world.publish()
    return world.enterprise()


@pytest.fixture
def client(owner: Enterprise) -> Client:
    client = Client()
    client.force_login(world.member(owner))
    return client
