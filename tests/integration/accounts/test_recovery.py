"""Who forgot his password gets back in by a proven address, and nobody else does or learns anything."""

import base64
import re

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.test import Client
from django.utils.http import urlsafe_base64_encode

from babashi.accounts import recovery, services
from babashi.accounts.models import User
from babashi.audit.errors import Invalid, NotAllowed
from babashi.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD, NEW = "correct-horse-77", " another\u200bhorse-88"
ADDRESS = "zhang@example.test"


@pytest.fixture(autouse=True)
def with_mail(settings) -> None:
    settings.BABASHI_SMTP = "smtp://mail.example.test?from=babashi@example.test"
    cache.clear()


@pytest.fixture
def person() -> User:
    return User.objects.create_user(username="zhang", display_name="张三", password=PASSWORD)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post_letters() -> int:
    """Run the jobs as the worker would; how many there were."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = list(ProcrastinateJob.objects.filter(status="todo", queue_name="accounts").order_by("id"))
    for job in jobs:
        app.tasks[job.task_name](**job.args)
    ProcrastinateJob.objects.filter(pk__in=[job.pk for job in jobs]).update(status="succeeded")
    return len(jobs)


def link_in(letter) -> str:
    found = re.search(r"http\S+", letter.body)
    assert found is not None
    return "/" + found[0].split("/", 3)[3]


def acts(user: User) -> list[str]:
    found = AuditEntry.objects.filter(subject_type="user", subject_id=str(user.pk)).order_by("sequence")
    return list(found.values_list("action", flat=True))


def with_address(user: User, address: str = ADDRESS) -> User:
    User.objects.filter(pk=user.pk).update(email=address)
    user.refresh_from_db()
    return user


def asked(address: str) -> str:
    """What the page says to whoever asks for a link."""
    answer = Client().post("/sign-in/forgotten/", {"address": address}, follow=True)
    assert answer.redirect_chain == [("/sign-in/forgotten/", 302)]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_an_address_counts_only_once_its_owner_followed_the_link(person, mailoutbox) -> None:
    client = signed_in(person)
    answer = client.post("/account/address/", {"address": ADDRESS, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    person.refresh_from_db()
    assert person.email == "", "what was only typed is not proven"
    assert post_letters() == 1
    (letter,) = mailoutbox
    assert letter.to == [ADDRESS]
    link = link_in(letter)
    assert client.get(link).status_code == 200
    person.refresh_from_db()
    assert person.email == "", "programs open links too"
    assert client.post(link).status_code == 302
    person.refresh_from_db()
    assert person.email == ADDRESS
    assert client.post(link).status_code == 422, "a link works once"
    assert acts(person) == ["accounts.address_asked", "accounts.address_confirmed"]


def test_the_link_of_an_address_works_for_its_account_alone(person, mailoutbox) -> None:
    other = User.objects.create_user(username="li", password=PASSWORD)
    recovery.ask_for_address(person, ADDRESS, password=PASSWORD)
    post_letters()
    link = link_in(mailoutbox[0])
    assert signed_in(other).post(link).status_code == 422
    assert Client().post(link)["Location"].startswith("/sign-in/")
    assert set(User.objects.values_list("email", flat=True)) == {""}


@pytest.mark.parametrize(
    ("address", "password", "field"),
    [(ADDRESS, "wrong", "password"), ("no address", PASSWORD, "address"), ("", PASSWORD, "address")],
)
def test_what_is_wrong_with_an_address_is_said_beside_the_field(person, address, password, field) -> None:
    answer = signed_in(person).post("/account/address/", {"address": address, "password": password})
    assert answer.status_code == 422
    assert set(answer.context["address_form"].errors) == {field}
    assert post_letters() == 0


def test_the_address_before_learns_of_the_change_and_an_address_can_be_taken_away(person, mailoutbox) -> None:
    with_address(person)
    recovery.ask_for_address(person, "new@example.test", password=PASSWORD)
    post_letters()
    recovery.confirm_address(person, link_in(mailoutbox[0]).split("/")[-2])
    post_letters()
    assert [letter.to for letter in mailoutbox] == [["new@example.test"], [ADDRESS]]
    person.refresh_from_db()
    assert (
        signed_in(person).post("/account/address/", {"address": "", "password": PASSWORD}).status_code == 302
    )
    person.refresh_from_db()
    assert person.email == ""
    assert acts(person)[-1] == "accounts.address_removed"


def test_an_account_that_many_share_has_no_address(person) -> None:
    User.objects.filter(pk=person.pk).update(is_demo=True)
    person.refresh_from_db()
    with pytest.raises(NotAllowed):
        recovery.ask_for_address(person, ADDRESS, password=PASSWORD)
    assert "找回密码的邮箱" not in signed_in(person).get("/account/").content.decode()


def test_the_link_sets_a_new_password_once_and_ends_every_session(person, mailoutbox) -> None:
    elsewhere = signed_in(with_address(person))
    asked(ADDRESS.upper())
    assert post_letters() == 1
    (letter,) = mailoutbox
    assert (letter.to, "zhang" in letter.body) == ([ADDRESS], True)
    client, link = Client(), link_in(letter)
    form = client.get(link, follow=True)
    place = form.redirect_chain[-1][0]
    assert link.split("/")[-2] not in place, "no token in the address that goes on as Referer"
    weak = client.post(place, {"new_password1": "short", "new_password2": "short"})
    assert weak.context["form"].errors
    differing = client.post(place, {"new_password1": NEW, "new_password2": NEW + "x"})
    assert set(differing.context["form"].errors) == {"new_password2"}
    done = client.post(place, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert done.redirect_chain == [("/sign-in/reset/done/", 302)]
    assert "密码已重设" in done.content.decode()
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert elsewhere.get("/account/").status_code == 302, "signed in elsewhere with the old one"
    again = Client().get(link, follow=True)
    assert "这个链接已经失效" in again.content.decode()
    assert acts(person) == ["accounts.reset_asked", "accounts.password_reset"]


def test_the_page_says_the_same_whether_or_not_an_address_is_known(person, mailoutbox) -> None:
    with_address(person)
    assert asked(ADDRESS) == asked("nobody@example.test")
    assert post_letters() == 2, "the same work in the request, too"
    assert [letter.to for letter in mailoutbox] == [[ADDRESS]]


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_demo": True}, {"email": ""}])
def test_accounts_that_get_no_link(person, mailoutbox, change) -> None:
    with_address(person)
    User.objects.filter(pk=person.pk).update(**change)
    assert recovery.send_reset_links(change.get("email", ADDRESS)) == 0
    assert mailoutbox == []
    assert acts(person) == []


def test_letters_to_one_account_are_few_and_asking_from_one_address_is_slowed_down(
    person, mailoutbox
) -> None:
    with_address(person)
    sent = sum(recovery.send_reset_links(ADDRESS) for _ in range(8))
    assert sent == recovery.LETTERS_A_DAY == len(mailoutbox)
    for number in range(recovery.LETTERS_A_DAY):
        recovery.ask_for_address(person, f"z{number}@example.test", password=PASSWORD)
    with pytest.raises(Invalid):
        recovery.ask_for_address(person, "more@example.test", password=PASSWORD)
    answers = {
        Client().post("/sign-in/forgotten/", {"address": "x@example.test"}).status_code for _ in range(11)
    }
    assert answers == {302, 429}


@pytest.mark.parametrize(
    "helped",
    [
        lambda user: recovery.reset_password(user, NEW),
        lambda user: services.replace_password(user, NEW, by=None),
    ],
)
def test_who_was_locked_out_gets_in_with_the_new_password(person, settings, helped) -> None:
    settings.AXES_ENABLED = True
    wrong, right = ({"username": "zhang", "password": password} for password in ("wrong", NEW))
    answers = [Client().post("/sign-in/", wrong).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[-1] == 429
    helped(person)
    assert Client().post("/sign-in/", right).status_code == 302


def test_without_mail_the_page_says_so_and_whom_to_turn_to(person, settings) -> None:
    settings.BABASHI_SMTP = ""
    with_address(person)
    page = Client().get("/sign-in/forgotten/")
    text = page.content.decode()
    assert "没有开通邮件" in text
    assert "babashi accounts password" in text
    assert Client().post("/sign-in/forgotten/", {"address": ADDRESS}).status_code == 200
    assert post_letters() == 0
    assert "/sign-in/forgotten/" in Client().get("/sign-in/").content.decode()
    assert "找回密码的邮箱" not in signed_in(person).get("/account/").content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_demo": True}])
def test_a_link_of_an_account_that_may_not_sign_in_by_password_is_worth_nothing(person, change) -> None:
    User.objects.filter(pk=person.pk).update(**change)
    uid, token = urlsafe_base64_encode(str(person.pk).encode()), default_token_generator.make_token(person)
    page = Client().get(f"/sign-in/reset/{uid}/{token}/", follow=True)
    assert "这个链接已经失效" in page.content.decode()


@pytest.mark.parametrize("uid", ["AA", "MTIz", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "!!"])
def test_links_that_nobody_sent_lead_nowhere(uid) -> None:
    page = Client().get(f"/sign-in/reset/{uid}/abc-def/")
    assert page.status_code == 200
    assert "这个链接已经失效" in page.content.decode()


@pytest.mark.parametrize("password", [" correct-horse-77 ", "correct\u200bhorse-77"])
def test_a_password_is_whatever_was_typed_wherever_it_is_typed(person, password) -> None:
    client = signed_in(person)
    data = {"password_old": PASSWORD, "password_new": password}
    assert client.post("/account/", data).status_code == 302
    answer = Client().post("/sign-in/", {"username": "zhang", "password": password})
    assert answer.status_code == 302


def test_a_link_of_an_address_stays_used_after_the_address_was_taken_away(person, mailoutbox) -> None:
    """Whoever finds the old letter would else bring back an address that its owner gave up."""
    client = signed_in(person)
    recovery.ask_for_address(person, ADDRESS, password=PASSWORD)
    post_letters()
    link = link_in(mailoutbox[0])
    assert client.post(link).status_code == 302
    client.post("/account/address/", {"address": "", "password": PASSWORD})
    assert client.post(link).status_code == 422
    person.refresh_from_db()
    assert person.email == ""


def test_a_new_password_ends_the_links_that_were_asked_for_with_the_old_one(person, mailoutbox) -> None:
    recovery.ask_for_address(person, ADDRESS, password=PASSWORD)
    post_letters()
    services.change_password(person, old=PASSWORD, new=NEW)
    person.refresh_from_db()
    assert signed_in(person).post(link_in(mailoutbox[0])).status_code == 422


def test_the_address_before_learns_that_it_was_taken_away(person, mailoutbox) -> None:
    """Or who knows the password takes it away first, and then puts his own without anybody being told."""
    with_address(person)
    recovery.ask_for_address(person, "", password=PASSWORD)
    post_letters()
    assert [letter.to for letter in mailoutbox] == [[ADDRESS]]


def test_a_letter_to_an_unproven_address_says_nothing_that_its_sender_or_his_past_wrote(mailoutbox) -> None:
    """Anybody may have an account, and name any address: the letter is neither advertising nor a leak."""
    user = services.register_account(
        username="evil.example", display_name="领奖请上evil.example", phone="", password=PASSWORD
    )
    recovery.ask_for_address(with_address(user), "stranger@example.test", password=PASSWORD)
    post_letters()
    (letter,) = mailoutbox
    token = link_in(letter).split("/")[-2].split(":")[0]
    assert "evil" not in letter.subject + letter.body
    assert ADDRESS.encode() not in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/account/address/", {"address": ADDRESS, "password": "wrong"}),
        ("/account/", {"password_old": "wrong", "password_new": NEW}),
    ],
)
def test_a_session_that_was_left_open_is_no_place_to_guess_the_password(person, path, data) -> None:
    client = signed_in(person)
    assert [client.post(path, data).status_code for _ in range(12)][-1] == 429
    right = {"address": ADDRESS, "password": PASSWORD}
    assert client.post("/account/address/", right).status_code == 429, "both pages count together"


def test_a_password_from_the_administrator_ends_the_address_that_somebody_else_may_have_put(
    person, mailoutbox
) -> None:
    """Whoever took the account over and put his own address would else be back in with the next link."""
    with_address(person, "thief@example.test")
    services.replace_password(person, NEW, by=None)
    post_letters()
    assert [letter.to for letter in mailoutbox] == [["thief@example.test"]]
    assert "已解除" in mailoutbox[0].subject
    assert recovery.send_reset_links("thief@example.test") == 0
    assert acts(person) == ["accounts.address_removed", "accounts.password_replaced"]


def test_of_two_windows_with_one_link_one_sets_the_password(person) -> None:
    """Both were let in by the link before either had sent its form."""
    first, second = (User.objects.get(pk=person.pk) for _ in range(2))
    recovery.reset_password(first, NEW)
    with pytest.raises(Invalid, match="失效"):
        recovery.reset_password(second, "third-horse-99")
    person.refresh_from_db()
    assert person.check_password(NEW)
