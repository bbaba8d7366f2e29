"""Who speaks for an enterprise: codes, officials, invitations; every refusal, and that nothing leaks."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from babashi.accounts.models import Department, Post, User
from babashi.audit.errors import Conflict, DomainError, Invalid, NotAllowed
from babashi.audit.models import AuditEntry
from babashi.enterprises import claims, delivery, members
from babashi.enterprises.errors import AlreadyDecided, TooOften, WrongCode
from babashi.enterprises.models import Claim, ClaimCode, Enterprise, Member
from babashi.enterprises.queries import is_member
from babashi.workdays import clock

pytestmark = pytest.mark.django_db
T0 = dt.datetime(2022, 9, 1, 9, 0, tzinfo=clock.ZONE)


def at(**later: int) -> object:
    return clock.frozen(T0 + dt.timedelta(**later))


@pytest.fixture
def one() -> Enterprise:
    return Enterprise.objects.create(
        uscc="91500113MA5U000018", name="甲公司", contact_phone="13800001234", created_at=T0, changed_at=T0
    )


@pytest.fixture
def silent() -> Enterprise:
    """An enterprise without any contact."""
    return Enterprise.objects.create(uscc="91500113MA5U000026", name="乙公司", created_at=T0, changed_at=T0)


def person(name: str = "王五") -> User:
    return User.objects.create(username=name)


def registrar(name: str = "登记员") -> User:
    user = person(name)
    office = Department.objects.get_or_create(name="区发展改革委", district="500113")[0]
    Post.objects.create(user=user, department=office, role="registrar")
    return user


def owner_of(enterprise: Enterprise, name: str = "负责人") -> User:
    user = person(name)
    Member.objects.create(enterprise=enterprise, user=user, role="owner", since=T0)
    return user


def code_sent(enterprise: Enterprise) -> str:
    found = re.search(r"验证码 (\d{6})", delivery.shown_in_demo(enterprise))
    assert found, "no code arrived"
    return found[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_makes_a_member_once(one: Enterprise) -> None:
    user = person()
    with at():
        claim = claims.start_claim(one, user, "owner")
        assert claims.start_claim(one, user, "clerk").pk == claim.pk
        claims.send_code(claim)
        code = code_sent(one)
        row = ClaimCode.objects.get()
        assert code not in (row.digest, row.salt)
        assert row.sent_to == "138****1234"
    with at(minutes=9):
        member = claims.prove_by_code(claim, f" {code[:3]} {code[3:]} ")
        assert (member.user_id, member.role) == (user.pk, "owner")
        with pytest.raises(AlreadyDecided):
            claims.prove_by_code(claim, code)
        with pytest.raises(Conflict, match="已经认领"):
            claims.start_claim(one, user, "owner")
    assert [entry.action for entry in AuditEntry.objects.order_by("sequence")] == [
        "enterprises.claim_started", "enterprises.claim_code_sent", "enterprises.claim_approved",
    ]  # fmt: skip
    assert not any(
        "000" in str(entry.details) or code in str(entry.details) for entry in AuditEntry.objects.all()
    )


def test_a_code_dies_after_ten_minutes_and_when_a_new_one_is_sent(one: Enterprise) -> None:
    with at():
        claim = claims.start_claim(one, person(), "owner")
        with pytest.raises(WrongCode, match="还没有发送"):
            claims.prove_by_code(claim, "000000")
        claims.send_code(claim)
        first = code_sent(one)
    with at(minutes=10), pytest.raises(WrongCode, match="过期"):
        claims.prove_by_code(claim, first)
    with at(minutes=11):
        claims.send_code(claim)
        second = code_sent(one)
        if first != second:
            with pytest.raises(WrongCode, match="还可以再试 4 次"):
                claims.prove_by_code(claim, first)
        assert claims.prove_by_code(claim, second)


def test_five_attempts_then_even_the_right_code_is_refused(one: Enterprise) -> None:
    with at():
        claim = claims.start_claim(one, person(), "owner")
        claims.send_code(claim)
        code = code_sent(one)
        for left in (4, 3, 2, 1):
            with pytest.raises(WrongCode, match=f"再试 {left} 次"):
                claims.prove_by_code(claim, wrong(code))
        with pytest.raises(WrongCode, match="已作废"):
            claims.prove_by_code(claim, wrong(code))
        with pytest.raises(WrongCode, match="已作废"):
            claims.prove_by_code(claim, code)
    assert not Member.objects.exists()


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "０１２３４５", "abcdef", "-12345", "🙂" * 6])
def test_what_is_no_code_is_wrong(one: Enterprise, typed: str) -> None:
    with at():
        claim = claims.start_claim(one, person(), "owner")
        claims.send_code(claim)
        with pytest.raises(WrongCode):
            claims.prove_by_code(claim, typed)


def test_three_codes_an_hour_whatever_one_does(one: Enterprise) -> None:
    user = person()
    with at():
        claim = claims.start_claim(one, user, "owner")
        claims.send_code(claim)
        with pytest.raises(TooOften, match="60 秒"):
            claims.send_code(claim)
    with at(minutes=2):
        claims.send_code(claim)
        claims.withdraw_claim(claim, by=user)
        claim = claims.start_claim(one, user, "owner")  # starting over does not help
    with at(minutes=4):
        claims.send_code(claim)
    with at(minutes=30), pytest.raises(TooOften, match="一小时最多发送 3 次"):
        claims.send_code(claim)
    with at(minutes=61):
        claims.send_code(claim)
    assert ClaimCode.objects.count() == 4


def test_one_enterprise_gets_ten_codes_a_day_from_all_together(one: Enterprise) -> None:
    for number in range(10):
        with at(minutes=number):
            claims.send_code(claims.start_claim(one, person(f"人{number}"), "owner"))
    with at(minutes=20), pytest.raises(TooOften, match="今天发送"):
        claims.send_code(claims.start_claim(one, person("第十一人"), "owner"))


def test_five_claims_a_day(one: Enterprise) -> None:
    user = person()
    with at():
        for number in range(6):
            other = Enterprise.objects.create(
                uscc=f"91500113MA5U0001{number:02d}", name=f"企业{number}", created_at=T0, changed_at=T0
            )
            if number == 5:
                with pytest.raises(TooOften):
                    claims.start_claim(other, user, "owner")
            else:
                claims.start_claim(other, user, "owner")
    with at(days=1, minutes=1):
        claims.start_claim(one, user, "owner")


def test_a_claimant_cannot_tell_whether_there_is_a_contact(
    one: Enterprise, silent: Enterprise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a contact, without one, and with a gateway that fails: the same limits and the same words."""
    failing = Enterprise.objects.create(
        uscc="91500113MA5U000034", name="丙公司", contact_phone="13900005678", created_at=T0, changed_at=T0
    )
    heard = []
    for number, enterprise in enumerate((one, silent, failing)):
        words: list[str] = []
        user = person(f"人{number}")
        if enterprise is failing:
            monkeypatch.setattr(delivery, "_channel", lambda name: lambda address, text: 1 / 0)
        with at():
            claim = claims.start_claim(enterprise, user, "owner")
            claims.send_code(claim)
        for minute in (0, 2, 2, 4, 6):
            with at(minutes=minute):
                for act in (claims.send_code, lambda known: claims.prove_by_code(known, "x")):
                    try:
                        act(claim)
                        words.append("sent")
                    except DomainError as error:
                        words.append(error.message)
        heard.append(words)
    assert heard[0] == heard[1] == heard[2]
    assert [row.delivered for row in ClaimCode.objects.filter(claim__enterprise=failing)] == [False] * 3


def test_channels_that_show_codes_are_refused_with_real_data(settings: object) -> None:
    settings.BABASHI_DEMO = settings.DEBUG = False  # type: ignore[attr-defined]
    assert delivery.send("sms", "13800001234", "验证码 123456") is False
    with pytest.raises(RuntimeError):
        delivery.console("13800001234", "验证码 123456")


def test_an_official_decides_with_a_ground(one: Enterprise) -> None:
    official, passer_by = registrar(), person("路人")
    with at():
        claim = claims.start_claim(one, person(), "owner")
        with pytest.raises(NotAllowed):
            claims.decide_claim(claim, True, by=passer_by, reason="已核对")
        with pytest.raises(Invalid, match="依据"):
            claims.decide_claim(claim, True, by=official, reason=" ")
        claims.decide_claim(claim, True, by=official, reason="已核对营业执照和授权书")
        assert is_member(claim.user, one)
        with pytest.raises(AlreadyDecided):
            claims.decide_claim(claim, False, by=official, reason="重复提交")
        other = claims.start_claim(one, person("赵六"), "clerk")
        claims.decide_claim(other, False, by=official, reason="授权书没有盖章")
    other.refresh_from_db()
    assert (other.state, other.reason, other.decided_by) == ("refused", "授权书没有盖章", official)
    assert not is_member(other.user, one)


def test_officials_claim_nothing_and_decide_nothing_of_their_own(one: Enterprise) -> None:
    official = registrar()
    with pytest.raises(NotAllowed, match="工作账号"):
        claims.start_claim(one, official, "owner")
    Member.objects.create(enterprise=one, user=official, role="clerk", since=T0)
    claim = claims.start_claim(one, person(), "owner")
    with pytest.raises(NotAllowed, match="由同事办理"):
        claims.decide_claim(claim, True, by=official, reason="已核对")


def test_only_one_s_own_claim_is_taken_back(one: Enterprise) -> None:
    claim, other = claims.start_claim(one, person(), "owner"), person("赵六")
    with pytest.raises(NotAllowed):
        claims.withdraw_claim(claim, by=other)
    with pytest.raises(Invalid):
        claims.start_claim(one, other, "boss")


def test_an_invitation_has_to_be_confirmed_by_the_colleague(one: Enterprise) -> None:
    owner, clerk, official = owner_of(one), person("小李"), registrar()
    with pytest.raises(NotAllowed):
        members.invite_clerk(one, "负责人", by=clerk)
    members.invite_clerk(one, " 小李", by=owner)
    invitation = Claim.objects.get()
    assert not is_member(clerk, one)
    for act in (
        lambda: claims.send_code(invitation),
        lambda: claims.prove_by_code(invitation, "000000"),
        lambda: claims.decide_claim(invitation, True, by=official, reason="已核对"),
    ):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(NotAllowed):
        members.answer_invitation(invitation, True, by=owner)
    members.answer_invitation(invitation, True, by=clerk)
    assert Member.objects.get(user=clerk).role == "clerk"
    with pytest.raises(AlreadyDecided):
        members.answer_invitation(invitation, False, by=clerk)


def test_invitations_tell_nothing_about_accounts(one: Enterprise) -> None:
    owner = owner_of(one)
    registrar()
    for name in ("没有这个人", "登记员", "负责人"):
        members.invite_clerk(one, name, by=owner)
    assert not Claim.objects.exists()
    with pytest.raises(Invalid):
        members.invite_clerk(one, "", by=owner)


def test_inviting_somebody_who_has_claimed_accepts_his_claim_as_clerk(one: Enterprise) -> None:
    owner, clerk = owner_of(one), person("小李")
    claims.start_claim(one, clerk, "owner")
    members.invite_clerk(one, "小李", by=owner)
    assert Member.objects.get(user=clerk).role == "clerk"


def test_invitations_end_with_the_one_who_sent_them(one: Enterprise) -> None:
    owner, second, clerk = owner_of(one), owner_of(one, "另一负责人"), person("小李")
    members.invite_clerk(one, "小李", by=second)
    members.end_membership(Member.objects.get(user=second), by=owner)
    invitation = Claim.objects.get()
    with pytest.raises(Conflict, match="失效"):
        members.answer_invitation(invitation, True, by=clerk)
    with pytest.raises(NotAllowed):
        members.cancel_invitation(invitation, by=second)
    members.cancel_invitation(invitation, by=owner)
    invitation.refresh_from_db()
    assert invitation.state == "refused"


def test_who_may_end_a_membership(one: Enterprise, silent: Enterprise) -> None:
    owner, stranger = owner_of(one), owner_of(silent, "别家负责人")
    clerk = Member.objects.create(enterprise=one, user=person("小李"), role="clerk", since=T0)
    second = Member.objects.create(enterprise=one, user=person("小张"), role="clerk", since=T0)
    mine = Member.objects.get(user=owner)
    with pytest.raises(NotAllowed):
        members.end_membership(clerk, by=stranger)
    with pytest.raises(NotAllowed):
        members.end_membership(mine, by=clerk.user)
    with pytest.raises(Conflict, match="至少要有一位负责人"):
        members.end_membership(mine, by=owner)
    members.end_membership(clerk, by=owner)
    with pytest.raises(Conflict, match="已经解除"):
        members.end_membership(clerk, by=owner)
    members.end_membership(second, by=second.user)
    members.end_membership(mine, by=registrar())
    assert not is_member(owner, one)
    assert AuditEntry.objects.filter(action="enterprises.member_ended").count() == 3


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("13800001234", "138****1234"),
        ("02366230000", "023****0000"),
        ("6623000", "****00"),
        ("li.si@qiye.cn", "l***@qiye.cn"),
    ],
)
def test_masks(address: str, shown: str) -> None:
    assert delivery.masked(address) == shown
