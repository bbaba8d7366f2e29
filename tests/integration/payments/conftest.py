"""A district ready to pay."""

from __future__ import annotations

import pytest

from tests.integration.payment_world import Treasury, treasury


@pytest.fixture
def office(db: None) -> Treasury:
    return treasury()
