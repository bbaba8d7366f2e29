"""Matching the register: only differences are written, nothing is overwritten, anybody stale is found."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from babashi.catalogue import services as catalogue_services
from babashi.catalogue.models import PackVersion
from babashi.enterprises.models import Enterprise
from babashi.enterprises.services import record_official_fact
from babashi.matching import queries, services
from babashi.matching.models import Match, MatchRun
from babashi.workdays import clock
from tests.integration import policy_world

ITEMS = 7  # the voucher is for persons and is not matched


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

    def test_everybody_has_one_current_verdict_an_item(self) -> None:
        count = Enterprise.objects.count()
        assert self.run_.enterprises == count
        assert self.run_.changed == count * ITEMS == Match.objects.count()
        assert self.run_.finished_at is not None

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

    def test_a_changed_fact_supersedes_only_what_it_changes(self) -> None:
        enterprise = policy_world.showcase(0)
        before = Match.objects.filter(enterprise=enterprise).count()
        reviewer = policy_world.official("初审", "first_reviewer")
        office = reviewer.posts.get().department
        record_official_fact(
            enterprise, "interest_subsidy_other_category", True, by=reviewer, department=office
        )
        assert list(services.stale_ids()) == [enterprise.pk]
        run = services.rematch_stale(cause="enterprise")
        assert run is not None
        assert run.enterprises == 1
        assert run.changed == 1, "only the interest subsidy looks at this fact"
        rows = Match.objects.filter(enterprise=enterprise)
        assert rows.count() == before + run.changed
        assert rows.filter(superseded_at__isnull=True).count() == ITEMS
        assert rows.filter(superseded_at__isnull=False).count() == run.changed

    def test_a_disabled_pack_ends_its_matches(self) -> None:
        catalogue_services.disable_pack(PackVersion.objects.get(), by=None)
        run = services.rematch_stale(cause="pack")
        assert run is not None
        assert not Match.objects.filter(superseded_at__isnull=True).exists()
        catalogue_services.enable_pack(PackVersion.objects.get(), by=None)
        services.rematch_stale(cause="pack")
        assert Match.objects.filter(superseded_at__isnull=True).count() == Enterprise.objects.count() * ITEMS

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
        used = row.facts_used["facts"]["first_above_scale_year"]
        assert used["value"] == "2021"
        assert used["source"]["label"]

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

    def test_nobody_to_match_is_a_finished_pass(self) -> None:
        run = services.rematch([], cause="manual")
        assert (run.enterprises, run.changed) == (0, 0)
        assert MatchRun.objects.get(pk=run.pk).finished_at is not None
