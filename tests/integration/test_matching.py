"""Matching the register: only differences are written, nothing is overwritten, anybody stale is found."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from babashi.catalogue import services as catalogue_services
from babashi.catalogue.models import CatalogueItem, PackVersion
from babashi.catalogue.services import texts_of
from babashi.enterprises.models import Enterprise, ParameterValue, RegisterRow
from babashi.enterprises.queries import dictionary
from babashi.enterprises.services import record_official_fact
from babashi.matching import basis, queries, services, verdicts
from babashi.matching.models import FactsSnapshot, Match, MatchBasis, MatchRun, RuleBasis
from babashi.matching.proofs import ProofBroken, explain_many
from babashi.rules.results import Result
from babashi.rules.values import Value
from babashi.workdays import clock
from tests.integration import policy_world

ITEMS = 7  # the voucher is for persons and is not matched


def says(of: Match | Result) -> tuple[Any, ...]:
    return of.verdict, of.amount_min, of.amount_max, tuple(of.missing), of.closed


class Matching(TestCase):
    """Forty synthetic enterprises against the shipped pack."""

    @classmethod
    def setUpTestData(cls) -> None:
        policy_world.publish()
        with tempfile.TemporaryDirectory() as folder:
            policy_world.settle(Path(folder))
        cls.run_ = services.rematch(None, cause="import")

    def current(self, number: int) -> dict[str, Match]:
        rows = queries.current_matches(policy_world.showcase(number))
        return {row.full_id.split("/")[1]: row for row in rows}

    def test_stored_is_what_can_be_had_or_is_unknown(self) -> None:
        count = Enterprise.objects.count()
        assert self.run_.enterprises == self.run_.total == count
        assert self.run_.changed == Match.objects.count() > count / 2
        assert self.run_.finished_at is not None
        stored = {(row.enterprise_id, row.full_id): row for row in Match.objects.all()}
        for enterprise in Enterprise.objects.all():
            results = services.evaluate_enterprise(enterprise)
            assert len(results) == ITEMS
            for result in results:
                row = stored.get((enterprise.pk, result.item))
                assert (row is None) == (result.verdict == "ineligible")
                if row is not None:
                    assert says(row) == says(result)

    def test_the_desk_counts_everybody(self) -> None:
        for entry in queries.register_counts():
            if entry.item.applicant != "person":
                assert entry.eligible + entry.unknown + entry.ineligible == Enterprise.objects.count()
                assert (
                    entry.eligible
                    == Match.objects.filter(full_id=entry.item.full_id, verdict="eligible").count()
                )

    def test_the_showcases_have_what_they_show(self) -> None:
        assert self.current(0)["scale-up"].amount_max == Decimal("200000.00")
        assert self.current(3)["rd-investment"].amount_max == Decimal("380000.00")
        several = [name for name, row in self.current(7).items() if row.verdict == "eligible"]
        assert len(several) == 5

    def test_a_second_pass_writes_nothing(self) -> None:
        again = services.rematch(None, cause="manual")
        assert again.changed == 0
        assert Match.objects.count() == self.run_.changed

    def test_nobody_is_stale_after_a_pass(self) -> None:
        assert list(services.stale_ids()) == []
        assert services.rematch_stale() is None

    def record(self, number: int, fact: str, value: Value | None) -> Enterprise:
        enterprise, name = policy_world.showcase(number), f"初审{uuid4().hex[:6]}"
        reviewer = policy_world.official(name, "first_reviewer", dictionary().facts[fact].holder)
        office = reviewer.posts.get().department
        record_official_fact(enterprise, fact, value, by=reviewer, department=office)
        return enterprise

    def test_a_changed_fact_supersedes_only_what_it_changes(self) -> None:
        enterprise = self.record(0, "first_above_scale_year", 2019)
        before = list(Match.objects.filter(enterprise=enterprise))
        assert list(services.stale_ids()) == [enterprise.pk]
        run = services.rematch_stale(cause="enterprise")
        assert run is not None
        assert (run.enterprises, run.changed) == (1, 1), "only the reward for growing looks at this fact"
        rows = Match.objects.filter(enterprise=enterprise)
        assert rows.count() == len(before), "it can't have it any more, and that is no row"
        assert "scale-up" not in self.current(0)
        ended = rows.get(full_id="banan-2022-63/scale-up")
        assert ended.superseded_at is not None
        assert list(services.stale_ids()) == []
        self.record(0, "first_above_scale_year", 2021)
        again = services.rematch([enterprise.pk], cause="enterprise")
        assert again.changed == 1
        assert self.current(0)["scale-up"].pk != ended.pk
        assert queries.explain(Match.objects.get(pk=ended.pk)).verdict == "eligible"

    def test_a_fact_that_changes_no_verdict_writes_no_row_and_a_snapshot(self) -> None:
        before = Match.objects.count(), FactsSnapshot.objects.count()
        enterprise = self.record(0, "interest_subsidy_other_category", False)
        run = services.rematch_stale(cause="enterprise")
        assert run is not None
        assert (run.enterprises, run.changed) == (1, 0)
        assert (Match.objects.count(), FactsSnapshot.objects.count()) == (before[0], before[1] + 1)
        standing = MatchBasis.objects.get(enterprise=enterprise)
        assert standing.snapshot == FactsSnapshot.objects.filter(enterprise=enterprise).latest("id")

    def test_facts_are_frozen_once_a_change(self) -> None:
        assert FactsSnapshot.objects.count() == Enterprise.objects.count()
        Enterprise.objects.update(changed_at=clock.now())
        services.rematch(None, cause="manual")
        assert FactsSnapshot.objects.count() == Enterprise.objects.count(), (
            "the same rows are the same picture"
        )
        assert list(services.stale_ids()) == []

    def test_chunks_and_one_pass_are_the_same(self) -> None:
        def told() -> list[tuple[Any, ...]]:
            current = Match.objects.filter(superseded_at__isnull=True).order_by("enterprise_id", "full_id")
            return list(current.values_list("enterprise_id", "full_id", "verdict", "amount_max", "says"))

        whole = told()
        Match.objects.update(says=0)
        seen: list[tuple[int, int]] = []
        with patch.object(services, "CHUNK", 7), patch.object(verdicts, "FEW", 3):
            run = services.rematch(None, cause="manual", progress=lambda *step: seen.append(step))
        assert told() == whole
        assert (run.enterprises, run.changed) == (40, len(whole))
        assert seen == [(min(done, 40), 40) for done in range(7, 43, 7)]

    def test_a_disabled_pack_ends_its_matches(self) -> None:
        catalogue_services.disable_pack(PackVersion.objects.get(), by=None)
        run = services.rematch_stale(cause="pack")
        assert run is not None
        assert not Match.objects.filter(superseded_at__isnull=True).exists()
        catalogue_services.enable_pack(PackVersion.objects.get(), by=None)
        services.rematch_stale(cause="pack")
        assert Match.objects.filter(superseded_at__isnull=True).count() == self.run_.changed

    def publish(self, version: str, **changes: str) -> None:
        """The pack again with some words replaced."""
        files = texts_of(policy_world.BANAN)
        text = files["pack.yaml"].replace('version: "1.0.1"', f'version: "{version}"')
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        catalogue_services.publish_pack({**files, "pack.yaml": text}, by=None)

    def test_a_new_version_rewrites_only_items_whose_rule_it_changes(self) -> None:
        self.publish("1.0.2", **{"name: 2021年首次升规": "name: 在2021年首次升规"})
        run = services.rematch_stale(cause="pack")
        assert run is not None
        ended = Match.objects.filter(superseded_at__isnull=False)
        assert {row.full_id for row in ended} == {"banan-2022-63/scale-up"}
        assert run.changed == ended.count() > 0
        assert self.current(0)["scale-up"].item.pack_version.version == "1.0.2"
        several = {
            row.item.pack_version.version for name, row in self.current(7).items() if name != "scale-up"
        }
        assert several == {"1.0.1"}, "what the new version leaves as it was is not written again"
        assert (
            sum(entry.eligible for entry in queries.register_counts())
            == Match.objects.filter(superseded_at__isnull=True, verdict="eligible").count()
        )

    def test_a_pass_ends_where_its_basis_does(self) -> None:
        Match.objects.update(says=0)
        with patch.object(services, "CHUNK", 30):
            run = services.rematch(None, cause="manual", progress=lambda *step: self.publish("1.0.2"))
        assert (run.enterprises, run.total) == (30, 40)
        assert run.finished_at is not None
        assert len(list(services.stale_ids())) == 40
        later = services.rematch_stale(cause="pack")
        assert later is not None
        assert later.enterprises == 40
        assert not Match.objects.filter(superseded_at__isnull=True, says=0).exists()

    def test_years_and_versions_later_every_match_still_explains_itself(self) -> None:
        rows = list(Match.objects.select_related("enterprise", "item__pack_version").order_by("pk"))
        live = {
            (row.pk): next(
                r for r in services.evaluate_enterprise(row.enterprise) if r.item == row.full_id
            ).to_json()
            for row in rows
        }
        assert {row.verdict for row in rows} == {"eligible", "unknown"}
        RegisterRow.objects.filter(retired_at=None, table="loans").update(retired_at=clock.now())
        for number in (0, 3, 4, 7):
            self.record(number, "operating_revenue_2021", Decimal("1.00"))
            self.record(number, "first_above_scale_year", 2019)
        ParameterValue.objects.filter(retired_at=None).update(retired_at=clock.now())
        self.publish("2.0.0", **{"name: 2021年首次升规": "name: 在2021年首次升规"})
        clock.set_demo_day(dt.date(2031, 1, 6))
        services.rematch(None, cause="manual")
        assert Match.objects.filter(pk__in=live, superseded_at__isnull=False).count() == len(live)
        for row in Match.objects.filter(pk__in=live):
            assert queries.explain(row).to_json() == live[row.pk]
        again = Match.objects.filter(pk__in=live).select_related("item__pack_version", "run", "snapshot")
        for row, result in explain_many(list(again)):
            assert says(result) == says(row)
            assert result.failed == ()

    def test_a_match_that_its_frozen_facts_do_not_bear_out_is_a_fault(self) -> None:
        row = self.current(0)["scale-up"]
        Match.objects.filter(pk=row.pk).update(amount_max=Decimal("200000.01"))
        with self.assertRaises(ProofBroken):
            queries.explain(Match.objects.get(pk=row.pk))
        others = list(Match.objects.select_related("item__pack_version", "run", "snapshot"))
        with self.assertLogs("babashi.matching.proofs", "ERROR"):
            assert {match.pk for match, _ in explain_many(others)} == {match.pk for match in others} - {
                row.pk
            }

    def test_the_official_tables_are_frozen_whole(self) -> None:
        found = dict(basis.thaw(basis.ground().basis).tables())
        assert found == dict(basis.parameters_now().tables())
        assert found["rd_intensity_average"]

    def test_what_matches_rest_on_cannot_be_changed(self) -> None:
        for model, change in ((FactsSnapshot, {"rows": []}), (RuleBasis, {"closed": []})):
            with self.assertRaises(IntegrityError), transaction.atomic():
                model.objects.update(**change)

    def test_matches_with_a_proof_of_their_own_keep_it_and_are_superseded(self) -> None:
        """Rows from before facts were frozen once: a verdict that still holds, and an "ineligible"."""
        live = {result.item: result for result in services.evaluate_enterprise(policy_world.showcase(0))}
        old_run = MatchRun.objects.create(cause="import", as_of=clock.today(), started_at=clock.now())
        MatchBasis.objects.all().delete()
        for row in Match.objects.filter(enterprise=policy_world.showcase(0)):
            kept = live[row.full_id].to_json()
            proof = {"eligible": kept["trace"], "amounts": kept["amount_trace"], "readings": kept["readings"]}
            Match.objects.filter(pk=row.pk).update(
                run=old_run, snapshot=None, says=0, trace=proof, facts_used={}
            )
        spare = CatalogueItem.objects.get(full_id="banan-2022-63/green-demonstration")
        kept = live[spare.full_id].to_json()
        assert kept["verdict"] == "ineligible"
        proof = {"eligible": kept["trace"], "amounts": kept["amount_trace"], "readings": kept["readings"]}
        old = Match.objects.create(
            enterprise=policy_world.showcase(0), item=spare, full_id=spare.full_id, run=old_run, closed=False,
            verdict="ineligible", failed=kept["failed"], trace=proof, as_of=clock.today(), computed_at=clock.now(),
        )  # fmt: skip
        run = services.rematch_stale(cause="day")
        assert run is not None
        assert run.enterprises == 40
        assert not Match.objects.filter(run=old_run, superseded_at__isnull=True).exists()
        assert queries.explain(Match.objects.get(pk=old.pk)).to_json() == kept
        for row in Match.objects.filter(run=old_run):
            assert queries.explain(row).to_json() == live[row.full_id].to_json()
        assert self.current(0)["scale-up"].snapshot is not None

    def test_the_day_after_the_last_one_closes_items_and_keeps_the_verdict(self) -> None:
        before = self.current(0)["scale-up"]
        clock.set_demo_day(dt.date(2022, 12, 31))
        assert services.rematch_stale() is None
        clock.set_demo_day(dt.date(2023, 1, 1))
        assert services.rematch_stale() is not None
        after = self.current(0)["scale-up"]
        assert (before.closed, after.closed) == (False, True)
        assert after.verdict == before.verdict == "eligible"

    def test_one_current_row_an_item_is_kept_by_the_database(self) -> None:
        row = Match.objects.filter(superseded_at__isnull=True).first()
        assert row is not None
        row.pk = None
        with self.assertRaises(IntegrityError), transaction.atomic():
            row.save()

    def test_a_stored_match_explains_itself(self) -> None:
        row = Match.objects.select_related("item__pack_version").get(
            enterprise=policy_world.showcase(0), full_id="banan-2022-63/scale-up"
        )
        result = queries.explain(row)
        live = {found.item: found for found in services.evaluate_enterprise(row.enterprise)}[row.full_id]
        assert result.to_json() == live.to_json() | {"as_of": row.as_of.isoformat()}
        used = {value.ref: value for node in result.trace.walk() for value in node.values}[
            "first_above_scale_year"
        ]
        assert used.source is not None
        assert used.source.label

    def test_queries_do_not_grow_with_the_number_of_enterprises(self) -> None:
        def count(ids: list[int]) -> int:
            with CaptureQueriesContext(connection) as caught:
                services.rematch(ids, cause="manual")
            return len(caught)

        ids = list(Enterprise.objects.values_list("id", flat=True))
        assert count(ids[:5]) == count(ids)

    def test_the_best_combination_counts_each_kind_once(self) -> None:
        best = queries.combination(policy_world.showcase(7))
        assert len(best.granted) == 5
        assert best.total_max == sum(entry.amount_max or 0 for entry in best.granted)

    def test_an_unknown_cause_is_a_mistake_of_the_caller(self) -> None:
        with self.assertRaises(ValueError):
            services.rematch([], cause="whim")

    def test_the_desk_shows_how_far_a_pass_is_and_looks_again(self) -> None:
        client = Client()
        client.force_login(policy_world.official("统筹", "coordinator"))
        assert "every 5s" not in client.get("/desk/matching/").content.decode()
        MatchRun.objects.create(
            cause="import", as_of=clock.today(), started_at=clock.now(), total=3_000, enterprises=1_000
        )
        page = client.get("/desk/matching/").content.decode()
        assert '<progress value="1000" max="3000" aria-label="已匹配">33%</progress>' in page
        assert "1000 / 3000" in page
        assert "every 5s" in page

    def test_nobody_to_match_is_a_finished_pass(self) -> None:
        run = services.rematch([], cause="manual")
        assert (run.enterprises, run.changed) == (0, 0)
        assert MatchRun.objects.get(pk=run.pk).finished_at is not None
