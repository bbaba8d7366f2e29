"""Several passes at once: one chunk is written at a time, nothing twice, no pass fails."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection

from babashi.enterprises.models import Enterprise
from babashi.matching import services
from babashi.matching.models import FactsSnapshot, Match, MatchBasis
from babashi.outreach.models import Delivery, Message
from babashi.outreach.services import push_matches
from tests.integration import policy_world


@pytest.mark.django_db(transaction=True)
def test_passes_and_single_changes_at_the_same_time() -> None:
    policy_world.publish()
    with tempfile.TemporaryDirectory() as folder:
        policy_world.settle(Path(folder))
    ids = list(Enterprise.objects.values_list("pk", flat=True))
    start = Barrier(4)

    def work(whom: list[int] | None) -> int:
        try:
            start.wait()
            run = services.rematch(whom, cause="manual")
            return push_matches(run)
        finally:
            connection.close()

    with patch.object(services, "CHUNK", 6), ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(work, [None, None, ids[:3], ids[20:25]]))
    assert FactsSnapshot.objects.count() == MatchBasis.objects.count() == len(ids)
    current = Match.objects.filter(superseded_at__isnull=True)
    assert current.count() == Match.objects.count(), "the second one there found nothing to write"
    assert sum(sent) == Message.objects.count() > 0
    assert Delivery.objects.count() <= Message.objects.count()
    assert services.rematch(None, cause="manual").changed == 0
