"""The plan of a review: which stage comes next, for every turn a case can take."""

from dataclasses import dataclass

import pytest

from babashi.reviews.flow import Mark, PlanError, StageKind, kind_of, plan, reconsidered_at, steps, targets


@dataclass(frozen=True)
class Stage:
    id: str
    role: str
    department: str = "lead"
    days: int | None = 2
    four_eyes: bool = True
    returns_to: tuple[str, ...] = ("applicant",)

    @property
    def label(self) -> str:
        return self.id


PROCESS = [
    Stage("acceptance", "acceptor"),
    Stage("first-review", "first_reviewer", returns_to=("applicant", "acceptance")),
    Stage("second-review", "second_reviewer", returns_to=("applicant", "first-review")),
    Stage("finance-check", "finance", "区财政局", returns_to=("second-review",)),
    Stage("publicity", "publicity", days=5, returns_to=()),
    Stage("approval", "approver", returns_to=("second-review",)),
]
FULL = steps(PROCESS, lead="区经济信息委", support=["区财政局"])
SUBMITTED = Mark("submitted")


def passed(*stages: str) -> list[Mark]:
    return [Mark("publicity_ended" if stage == "publicity" else "stage_passed", stage) for stage in stages]


def at(*marks: Mark, automatic: bool = False) -> str | None:
    step = plan(FULL, [SUBMITTED, *marks], automatic=automatic)
    return step.id if step else None


def test_stages_in_order() -> None:
    order = [step.id for step in FULL]
    for count, expected in enumerate(order):
        assert at(*passed(*order[:count])) == expected


def test_finance_takes_part_only_where_it_is_named() -> None:
    without = steps(PROCESS, lead="区市场监管局", support=[])
    assert [step.id for step in without] == [
        "acceptance", "first-review", "second-review", "publicity", "approval",
    ]  # fmt: skip
    assert {step.department for step in without} == {"区市场监管局"}
    assert next(step for step in FULL if step.id == "finance-check").department == "区财政局"


def test_kinds_of_stages() -> None:
    kinds = [kind_of(stage) for stage in PROCESS]
    assert kinds == [StageKind.REVIEW] * 4 + [StageKind.PUBLICITY, StageKind.APPROVAL]


def test_correction_comes_back_to_the_stage_that_asked() -> None:
    returned = [*passed("acceptance"), Mark("returned", "first-review")]
    assert at(*returned) is None
    assert at(*returned, Mark("corrected")) == "first-review"
    assert at(*returned, Mark("correction_cancelled")) == "first-review"


def test_sent_back_goes_only_where_the_pack_allows() -> None:
    there = passed("acceptance", "first-review")
    assert at(*there, Mark("sent_back", "second-review", "first-review")) == "first-review"
    with pytest.raises(PlanError):
        at(*there, Mark("sent_back", "second-review", "acceptance"))
    assert [step.id for step in targets(FULL, "second-review")] == ["first-review"]
    assert targets(FULL, "acceptance") == ()


def test_automatic_grant_leaves_out_what_only_judges() -> None:
    assert at(automatic=True) == "finance-check"
    assert at(*passed("finance-check"), automatic=True) == "publicity"
    assert at(*passed("finance-check", "publicity"), automatic=True) == "approval"


def test_upheld_objection_brings_judgement_back_even_to_an_automatic_grant() -> None:
    upheld = [*passed("finance-check"), Mark("objection_received"), Mark("objection_upheld", "publicity")]
    assert at(*upheld, automatic=True) == "first-review"
    assert at(*upheld, *passed("first-review"), automatic=True) == "second-review"
    assert reconsidered_at(FULL).id == "first-review"


def test_objections_alone_change_no_stage() -> None:
    there = passed("acceptance", "first-review", "second-review", "finance-check")
    assert at(*there, Mark("objection_received", "publicity")) == "publicity"
    assert at(*there, Mark("objection_received"), Mark("objection_dismissed")) == "publicity"


@pytest.mark.parametrize("kind", ["approved", "queued", "refused", "withdrawn"])
def test_a_decided_case_has_no_stage(kind: str) -> None:
    assert at(Mark(kind, "acceptance")) is None


def test_a_history_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(PlanError):
        at(Mark("stage_passed", "second-review"))


def test_a_process_must_end_with_an_approval_and_name_a_stage_once() -> None:
    with pytest.raises(PlanError):
        steps(PROCESS[:-1], lead="甲", support=["区财政局"])
    with pytest.raises(PlanError):
        steps([PROCESS[0], *PROCESS], lead="甲", support=["区财政局"])
