"""scale-up from the draft to the approved amount, through the services alone."""

from decimal import Decimal

import pytest
from tests.integration import case_world as world

from babashi.applications.flow import State, fold
from babashi.audit.services import verify
from babashi.budget.queries import free
from babashi.outreach.models import Message
from babashi.reviews import services as reviews
from babashi.reviews.models import StageTask

pytestmark = pytest.mark.django_db


def test_scale_up_from_draft_to_approved() -> None:
    world.publish()
    world.money("500000")
    people = world.staff()
    case, _ = world.submitted()
    assert case.number
    assert case.number.startswith("SB2022")
    assert (case.verdict, case.amount_min, case.amount_max) == (
        "eligible", Decimal("200000.00"), Decimal("200000.00"),
    )  # fmt: skip
    world.walk(case, people, "approval")
    assert case.state == State.APPROVAL
    assert free(world.SCALE_UP) == Decimal("500000.00")

    reviews.approve(world.task(case), Decimal("200000"), by=people["approval"], opinion="同意")

    case.refresh_from_db()
    assert case.state == State.APPROVED
    assert case.approved_amount == Decimal("200000.00")
    assert free(world.SCALE_UP) == Decimal("300000.00")
    assert fold(case.events.order_by("sequence").values_list("kind", flat=True)) == case.state
    stages = StageTask.objects.filter(application=case).order_by("id").values_list("stage", "outcome")
    assert list(stages) == [
        ("acceptance", "passed"), ("first-review", "passed"), ("second-review", "passed"),
        ("finance-check", "passed"), ("publicity", "ended"), ("approval", "passed"),
    ]  # fmt: skip
    assert Message.objects.filter(enterprise=case.enterprise, kind="decision").count() == 1
    assert verify().problem == ""
