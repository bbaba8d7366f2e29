"""Messages: once for the same thing, wanted or not, delivered or recorded as failed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, TestCase, override_settings
from django.utils import timezone

from babashi.audit.errors import Invalid, NotFound
from babashi.audit.models import AuditEntry
from babashi.matching import services as matching
from babashi.matching.models import Match
from babashi.outreach import services
from babashi.outreach.channels import registry
from babashi.outreach.channels.base import DeliveryFailed, Letter
from babashi.outreach.channels.textfile import FileChannel
from babashi.outreach.models import Delivery, Message, OptOut
from tests.integration import policy_world


class Outreach(TestCase):
    """Forty synthetic enterprises, matched; nothing pushed yet."""

    @classmethod
    def setUpTestData(cls) -> None:
        policy_world.publish()
        with tempfile.TemporaryDirectory() as folder:
            policy_world.settle(Path(folder))
        cls.run_ = matching.rematch(None, cause="import")

    def say(self, key: str = "k", kind: str = "decision") -> Message | None:
        return services.send(
            policy_world.showcase(0), kind=kind, subject="标题", body="正文", link="/inbox/", dedupe_key=key
        )

    def test_one_message_a_new_match_with_its_reason(self) -> None:
        sent = services.push_matches(self.run_)
        eligible = Match.objects.filter(verdict="eligible", closed=False)
        assert sent == Message.objects.count() >= eligible.count() > 0
        message = Message.objects.get(
            enterprise=policy_world.showcase(0), full_id="banan-2022-63/scale-up", kind="match"
        )
        assert "20万元" in message.subject
        assert "首次升规" in message.reason
        assert "2021" in message.reason
        assert message.link == f"/match/{policy_world.showcase(0).uscc}/#scale-up"
        assert "66238039" in message.body

    def test_never_twice_for_the_same_thing(self) -> None:
        services.push_matches(self.run_)
        assert services.push_matches(self.run_) == 0
        assert services.push_matches(None) == 0
        Match.objects.update(says=0)
        again = matching.rematch(None, cause="manual")
        assert again.changed > 0
        assert services.push_matches(again) == 0

    def test_unknown_ones_are_told_only_when_few_facts_would_settle_them(self) -> None:
        services.push_matches(self.run_)
        told = Message.objects.filter(dedupe_key__endswith=":unknown")
        for message in told:
            match = Match.objects.get(
                enterprise=message.enterprise, full_id=message.full_id, superseded_at__isnull=True
            )
            assert 1 <= len(match.missing) <= 2
            assert "rd_intensity_average" not in match.missing
            assert message.reason.startswith("其余条件没有不符合的，还缺")

    def test_nobody_who_opted_out_is_pushed(self) -> None:
        enterprise = policy_world.showcase(0)
        services.opt_out(enterprise, "inbox", by=None)
        services.push_matches(None)
        assert not Message.objects.filter(enterprise=enterprise).exists()
        assert self.say() is not None, "notices about its own cases always arrive"

    def test_a_channel_opted_out_is_recorded_as_suppressed(self) -> None:
        services.opt_out(policy_world.showcase(0), "file", by=None)
        services.push_matches(None)
        states = set(
            Delivery.objects.filter(message__enterprise=policy_world.showcase(0)).values_list(
                "state", flat=True
            )
        )
        assert states == {"suppressed"}
        self.say()
        assert Delivery.objects.get(message__dedupe_key="k").state == "queued"

    def test_the_same_key_says_it_once(self) -> None:
        assert self.say() is not None
        assert self.say() is None
        assert Message.objects.filter(dedupe_key="k").count() == 1
        assert Delivery.objects.filter(message__dedupe_key="k").count() == 1

    def test_links_stay_on_this_site(self) -> None:
        with self.assertRaises(ValueError):
            services.send(
                policy_world.showcase(0),
                kind="decision",
                subject="x",
                body="x",
                link="https://example.org",
                dedupe_key="x",
            )

    def test_delivery_writes_the_file_once(self) -> None:
        with tempfile.TemporaryDirectory() as folder, override_settings(DATA_DIR=Path(folder)):
            self.say()
            assert services.deliver_due() == {"sent": 1, "failed": 0, "later": 0}
            assert services.deliver_due() == {"sent": 0, "failed": 0, "later": 0}
            file = Path(folder) / "outbox" / f"{timezone.localdate():%Y-%m-%d}.jsonl"
            lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert [line["subject"] for line in lines] == ["标题"]
        assert lines[0]["to"] == policy_world.showcase(0).contact_phone

    def test_a_failure_is_recorded_and_tried_again_until_it_is_enough(self) -> None:
        self.say()
        with patch.object(FileChannel, "send", side_effect=DeliveryFailed("写不进文件")):
            for attempt in range(1, services.MAX_ATTEMPTS + 1):
                Delivery.objects.update(next_try_at=timezone.now() - timezone.timedelta(days=9999))
                counts = services.deliver_due()
                delivery = Delivery.objects.get()
                assert delivery.attempts == attempt
                assert delivery.error == "写不进文件"
                assert counts["failed" if attempt == services.MAX_ATTEMPTS else "later"] == 1
        assert delivery.state == "failed"
        official = policy_world.official("统筹", "coordinator")
        services.retry_failed(delivery.pk, by=official)
        assert services.deliver_due()["sent"] == 1

    def test_one_letter_that_breaks_a_channel_keeps_no_other_waiting(self) -> None:
        for number in range(3):
            services.send(
                policy_world.showcase(number), kind="decision", subject=f"标题{number}", body="正文", link="/inbox/",
                dedupe_key=f"k{number}",
            )  # fmt: skip
        handed: list[str] = []

        def send(channel: FileChannel, letter: Letter) -> None:
            if letter.subject == "标题1":
                raise ValueError("nobody thought of this")
            handed.append(letter.subject)

        with patch.object(FileChannel, "send", send), self.assertLogs("babashi.outreach", "ERROR"):
            assert services.deliver_due() == {"sent": 2, "failed": 0, "later": 1}
            services.deliver_due()
        assert handed == ["标题0", "标题2"], "nothing is sent twice"
        broken = Delivery.objects.get(state="queued")
        assert (broken.attempts, broken.error) == (1, "发送程序出错（ValueError），已记入日志")

    def test_trying_again_twice_is_said_in_words(self) -> None:
        with pytest.raises(NotFound, match="刷新"):
            services.retry_failed(0, by=policy_world.official("统筹", "coordinator"))

    @override_settings(
        BABASHI_CHANNELS=("email",), EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"
    )
    def test_mail_has_the_reason_the_link_and_the_way_out(self) -> None:
        registry._channels.cache_clear()
        services.push_matches(None)
        services.deliver_due()
        enterprise = policy_world.showcase(0)
        letter = next(found for found in mail.outbox if found.to == [enterprise.contact_email])
        assert "为什么收到这条消息" in letter.body
        assert f"{settings.BABASHI_BASE_URL}/match/{enterprise.uscc}/" in letter.body
        assert "/unsubscribe/" in letter.extra_headers["List-Unsubscribe"]

    @override_settings(BABASHI_CHANNELS=("email",))
    def test_a_broken_address_fails_for_good(self) -> None:
        enterprise = policy_world.showcase(0)
        type(enterprise).objects.filter(pk=enterprise.pk).update(contact_email="nobody@@x\r\nBcc: a@b.cn")
        self.say()
        assert services.deliver_due()["failed"] == 1
        assert Delivery.objects.get().error == "邮箱地址不正确"

    def test_the_signed_link_opts_out_only_after_asking(self) -> None:
        enterprise = policy_world.showcase(0)
        path = services.unsubscribe_path(enterprise, "file")
        client = Client()
        page = client.get(path)
        assert page.status_code == 200
        assert enterprise.name not in page.content.decode()
        assert not OptOut.objects.exists()
        client.post(path)
        assert OptOut.objects.get().enterprise == enterprise
        assert AuditEntry.objects.filter(action="outreach.opted_out").count() == 1

    def test_a_forged_link_leads_nowhere(self) -> None:
        path = services.unsubscribe_path(policy_world.showcase(0), "file")
        assert Client().get(path[:-3] + "xx/").status_code == 404
        assert Client().post("/unsubscribe/abc/").status_code == 404

    def test_a_channel_that_is_not_there_is_refused(self) -> None:
        with self.assertRaises(Invalid):
            services.opt_out(policy_world.showcase(0), "fax", by=None)

    def test_messages_of_others_do_not_exist(self) -> None:
        mine = self.say()
        assert mine is not None
        other = policy_world.member(policy_world.showcase(1), "other")
        own = policy_world.member(policy_world.showcase(0), "own")
        client = Client()
        client.force_login(other)
        assert client.get(f"/inbox/{mine.pk}/").status_code == 404
        client.force_login(own)
        assert client.get(f"/inbox/{mine.pk}/").status_code == 200
        mine.refresh_from_db()
        assert mine.read_at is not None

    def test_choices_are_kept_for_ones_own_enterprise_only(self) -> None:
        own = policy_world.member(policy_world.showcase(0), "own")
        client = Client()
        client.force_login(own)
        answer = client.post(
            "/inbox/settings/", {"uscc": policy_world.showcase(0).uscc, "channel": ["inbox"]}
        )
        assert answer.status_code == 302
        assert set(OptOut.objects.values_list("channel", flat=True)) == {"file"}
        assert client.post("/inbox/settings/", {"uscc": policy_world.showcase(1).uscc}).status_code == 404
        client.post("/inbox/settings/", {"uscc": policy_world.showcase(0).uscc, "channel": ["inbox", "file"]})
        assert not OptOut.objects.exists()
