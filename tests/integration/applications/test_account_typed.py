"""A payee account typed on an application page: on file only with the application, and shown on its receipt."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.integration import case_world as world

from babashi.applications.models import Application
from babashi.enterprises.models import BankAccount, Enterprise

pytestmark = pytest.mark.django_db
URL = f"/applications/automatic/{world.PACK}/scale-up/confirm/"


def typed(owner: Enterprise, number: str = "6217000012345670") -> dict[str, str]:
    return {
        "uscc": owner.uscc, "account": "new", "account_name": owner.name, "bank_name": "中国银行重庆巴南支行",
        "number": number, "again": number,
    }  # fmt: skip


def test_a_refused_confirmation_leaves_no_account_behind(client: Client, owner: Enterprise) -> None:
    assert client.post(URL, typed(owner)).status_code == 422
    assert not BankAccount.objects.exists()


def test_the_receipt_says_which_account(client: Client, owner: Enterprise) -> None:
    page = client.post(URL, {**typed(owner), "consent": "on"}, follow=True).content.decode()
    assert "收款账户" in page
    assert "尾号 5670" in page


def test_a_second_window_changes_no_account_unseen(client: Client, owner: Enterprise) -> None:
    client.post(URL, {**typed(owner), "consent": "on"})
    other = {**typed(owner, "6222021234567890128"), "consent": "on"}
    page = client.post(URL, other, follow=True).content.decode()
    assert Application.objects.count() == 1
    assert [account.number_tail for account in BankAccount.objects.filter(retired_at=None)] == ["5670"]
    assert "没有更换收款账户" in page
    assert "尾号 5670" in page
    again = client.post(URL, {**typed(owner), "consent": "on"}, follow=True).content.decode()
    assert "没有更换收款账户" not in again


def test_a_new_account_that_was_typed_but_not_chosen_is_asked_about(
    client: Client, owner: Enterprise
) -> None:
    """Else the money would go to the old account, and what was typed would be lost without a word."""
    old = world.account(owner, owner.members.get().user)
    sent = {
        **typed(owner, "6222021234567890128"),
        "account": "current",
        "account_id": str(old.pk),
        "consent": "on",
    }
    refused = client.post(URL, sent)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "填写了新账户，但选的还是原来的账户" in page
    assert 'data-picks="account-new" open>' in page
    assert "6222021234567890128" in page, "what was typed stays"
    assert not Application.objects.exists()
    cleared = {**sent, "bank_name": "", "number": "", "again": ""}
    assert client.post(URL, cleared).status_code == 302
    assert Application.objects.get().bank_account == old
