"""HEAD is answered wherever GET is, and changes nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from babashi.enterprises.models import Enterprise
from tests.integration import case_world as world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/policies/", "/publicity/"])
def test_public_pages(client: Client, address: str) -> None:
    answer = client.head(address)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_form_of_a_signed_in_person(client: Client) -> None:
    firm = world.enterprise()
    client.force_login(world.member(firm))
    for part in ("account", "facts"):
        answer = client.head(f"/enterprise/{firm.uscc}/{part}/")
        assert answer.status_code == 200
    assert Enterprise.objects.get(pk=firm.pk).bank_accounts.count() == 0
