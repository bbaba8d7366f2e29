"""The public interface against its own description: generated requests, every answer checked.

Requests that fit the description and requests that don't, on the real WSGI application with its middleware.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from babashi.site.wsgi import application
from tests.integration import policy_world

pytestmark = pytest.mark.django_db
OPERATIONS = (
    "GET /healthz",
    "GET /policies",
    "GET /policies/{pack_id}/{item_id}",
    "GET /facts",
    "POST /match",
)
QUICK = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The test's transaction outlives each request, as with Django's own test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def operations(one_connection: None, settings: object) -> dict[str, schemathesis.BaseSchema]:
    """The operations that the running application describes."""
    settings.BABASHI_MATCH_RATE = "1000000/m"  # type: ignore[attr-defined]
    cache.clear()
    policy_world.publish()
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found = [result.ok() for result in described.get_all_operations()]
    return {operation.label.replace("/api/v1", ""): operation for operation in found}


def test_every_operation_is_driven(operations: dict[str, schemathesis.BaseSchema]) -> None:
    assert set(operations) == set(OPERATIONS)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"]
)
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_as_described(
    operations: dict[str, schemathesis.BaseSchema], label: str, mode: GenerationMode
) -> None:
    operation = operations[label]
    if mode is GenerationMode.NEGATIVE and label in ("GET /healthz", "GET /facts"):
        return  # nothing to get wrong: they take no parameters

    @QUICK
    @given(case=operation.as_strategy(generation_mode=mode))
    def drive(case: schemathesis.Case) -> None:
        case.call_and_validate()

    drive()
