"""The public interface by hand: what it answers, what it refuses, in one envelope; nothing is stored."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import TestCase, override_settings

from babashi.catalogue.models import CatalogueItem
from babashi.enterprises.models import RegisterRow
from babashi.matching.models import Match
from tests.integration import policy_world

FIRM = {
    "facts": {
        "kind": "企业", "district": "500113", "industry_code": "3612", "employees_2021": 250,
        "operating_revenue_2021": "100000000", "green_industry": True, "first_above_scale_year": 2021,
        "rd_expense_2020": "6000000", "rd_expense_2021": "8000000", "food_activities": [], "key_industry": [],
    },
    "tables": {
        "loans": [{"purpose": "流动资金", "principal": "5000000", "starts_on": "2022-03-01", "ends_on": "2022-09-01"}],
        "certificates": [], "projects": [],
    },
    "parameters": {"rd_intensity_average": [{"division": "36", "year": 2021, "average": "0.05"}]},
    "as_of": "2022-09-01",
}  # fmt: skip


class Interface(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        policy_world.publish()

    def setUp(self) -> None:
        cache.clear()

    def match(self, body: object) -> tuple[int, dict[str, object]]:
        answer = self.client.post("/api/v1/match", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    def test_the_worked_examples_come_out_to_the_fen(self) -> None:
        status, answer = self.match(FIRM)
        assert status == 200
        found = {row["item"].split("/")[1]: row for row in answer["results"]}  # type: ignore[index,attr-defined]
        assert found["interest-subsidy"]["amount_max"] == "47277.78"
        assert found["rd-investment"]["amount_max"] == "380000.00"
        assert found["scale-up"]["amount_min"] == found["scale-up"]["amount_max"] == "200000.00"
        assert found["green-retrofit"]["failed"] == ["qualifying-project"]
        assert found["food-insurance"]["verdict"] == "ineligible"
        total = Decimal("47277.78") + Decimal("380000") + Decimal("200000")
        assert Decimal(answer["combination"]["total_max"]) == total  # type: ignore[index,call-overload]
        assert found["interest-subsidy"]["conditions"][0]["truth"] is True
        assert not Match.objects.exists()
        assert not RegisterRow.objects.exists()

    def test_nothing_given_is_unknown_and_not_zero(self) -> None:
        status, answer = self.match({})
        assert status == 200
        assert {row["verdict"] for row in answer["results"]} == {"unknown"}  # type: ignore[index,attr-defined]
        assert all(row["missing"] for row in answer["results"])  # type: ignore[index,attr-defined]

    def test_the_items_of_the_catalogue_are_listed_and_found(self) -> None:
        listed = self.client.get("/api/v1/policies").json()
        assert listed["count"] == CatalogueItem.objects.count() == 8
        one = self.client.get("/api/v1/policies", {"q": "贴息", "kind": "interest_subsidy"}).json()["items"]
        assert [row["id"] for row in one] == ["banan-2022-63/interest-subsidy"]
        detail = self.client.get(f"/api/v1/policies/{one[0]['id']}").json()
        assert detail["contact"] == {"name": "张欣", "phone": "66239329"}
        assert any("不低于50万元" in source["quote"] for source in detail["sources"])

    def test_every_refusal_is_a_problem_document(self) -> None:
        cases = [
            (self.client.get("/api/v1/policies/none/none"), 404),
            (self.client.get("/api/v1/nothing"), 404),
            (self.client.get("/api/"), 404),
            (self.client.put("/api/v1/match"), 405),
            (self.client.get("/api/v1/policies", {"limit": "100000"}), 422),
            (self.client.get("/api/v1/policies", {"offset": "-1"}), 422),
            (self.client.get("/api/v1/policies", {"q": "a" * 61}), 422),
            (self.client.get("/api/v1/policies/UPPER/x"), 422),
            (self.client.post("/api/v1/match", "{", content_type="application/json"), 400),
            (self.client.post("/api/v1/match", "[]", content_type="application/json"), 422),
            (
                self.client.post(
                    "/api/v1/match", b'{"facts": {"kind": "\\u0000"}}', content_type="application/json"
                ),
                400,
            ),
            (
                self.client.post("/api/v1/match", b"x" * (6 * 1024 * 1024), content_type="application/json"),
                413,
            ),
        ]
        for answer, status in cases:
            assert answer.status_code == status, (status, answer.content[:200])
            assert answer["Content-Type"] == "application/problem+json"
            content = answer.json()
            assert content["status"] == status
            assert content["detail"]
            assert "Input should" not in answer.content.decode()

    def test_bad_facts_are_named(self) -> None:
        for name, bad in {
            "employees_2021": -1, "operating_revenue_2021": "1e9", "kind": "公司", "established_on": "2022-02-30",
            "district": "5001", "food_activities": ["无"], "first_above_scale_year": 99999, "green_industry": "yes",
            "contact_phone": "13800000000", "no_such_fact": 1,
        }.items():  # fmt: skip
            status, answer = self.match({"facts": {name: bad}})
            assert status == 422, name
            assert any(name in place for place in answer["errors"]), name  # type: ignore[attr-defined]

    def test_signs_that_nobody_sees_do_not_count_at_any_depth(self) -> None:
        pasted = json.loads(json.dumps(FIRM))
        pasted["facts"] |= {"kind": "企\u200b业", "operating_revenue_2021": "\ufeff100000000\u202c"}
        pasted["tables"]["loans"][0] |= {"purpose": "流动\u2060资金", "ends_on": "2022-09-01\u200e"}
        pasted["parameters"]["rd_intensity_average"][0]["average"] = "\u202a0.05"
        pasted["items"] = ["banan-2022-63/scale-up\u200b", "\u2066banan-2022-63/interest-subsidy"]
        meant = FIRM | {"items": ["banan-2022-63/scale-up", "banan-2022-63/interest-subsidy"]}
        assert self.match(pasted) == self.match(meant)
        status, answer = self.match({"facts": {"kind": "\u200b"}})
        assert (status, list(answer["errors"])) == (422, ["body.facts.kind"]), "only unseen is empty"

    def test_a_deep_body_is_refused_like_any_other(self) -> None:
        for depth in (50, 400):
            body = "[" * depth + '"\u200b"' + "]" * depth
            answer = self.client.post("/api/v1/match", body, content_type="application/json")
            assert answer.status_code == 422, depth
        for body in ("[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"facts":' * 50_000 + "1" + "}" * 50_000):
            answer = self.client.post("/api/v1/match", body, content_type="application/json")
            assert answer.status_code == 400
            assert answer["Content-Type"] == "application/problem+json"

    def test_rows_are_bounded(self) -> None:
        status, answer = self.match({"tables": {"loans": [{}] * 51}})
        assert status == 422
        assert answer["errors"] == {"body.tables.loans": ["太多，最多 50 项"]}

    @override_settings(BABASHI_MATCH_RATE="3/m")
    def test_too_many_requests_have_to_wait(self) -> None:
        statuses = [self.match({"explain": False})[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        answer = self.client.post("/api/v1/match", "{}", content_type="application/json")
        assert int(answer["Retry-After"]) >= 1
        assert answer["Content-Type"] == "application/problem+json"
        forged = self.client.post(
            "/api/v1/match", "{}", content_type="application/json", headers={"X-Forwarded-For": "203.0.113.9"}
        )
        assert forged.status_code == 429, "what a client writes there itself never counts"

    def test_other_pages_of_the_interface(self) -> None:
        assert self.client.get("/api/v1/healthz").json()["database"] is True
        assert self.client.get("/api/docs").status_code == 200
        described = self.client.get("/api/v1/openapi.json").json()
        assert described["openapi"].startswith("3.1")
        personal = {"contact_name", "contact_phone", "contact_email"}
        assert not personal & {fact["id"] for fact in self.client.get("/api/v1/facts").json()["facts"]}


@pytest.mark.django_db
def test_agrees_with_the_command_line_names() -> None:
    """The keys of one result are those of a line of ``babashi match``."""
    from babashi.matching.api_schema import MatchOut

    line = {"item", "verdict", "amount_min", "amount_max", "failed", "missing", "closed"}
    assert line <= set(MatchOut.model_fields)
