"""Who may enter which desk page: one table, held against every address below /desk/.

A new address without a row fails. Addresses of single things are tried with unknown ids: who may enter gets 404
there, who may not gets 403 first, so nobody learns from the answer whether a thing exists.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from babashi.accounts.models import Department, Post, Role, User

NOBODY = frozenset[str]()
FRONT_DOOR = "site:desk"
AUDITOR = Role.AUDITOR.value
UNKNOWN = {"int": 999_999_999, "uuid": "00000000-0000-4000-8000-000000000000", "str": "unknown"}


class Row(NamedTuple):
    """Roles that may read and roles that may send; None: the address does not know that method."""

    read: frozenset[str] | None
    send: frozenset[str] | None = None


def roles(names: str) -> frozenset[str]:
    return frozenset(Role(name).value for name in names.split())


REVIEW = roles("acceptor first_reviewer second_reviewer approver")
CASES = REVIEW | roles("finance")
FINANCE = roles("finance")
MONEY = roles("finance approver coordinator")
PACKS = roles("policy_author policy_publisher administrator")
WRITE = roles("policy_author administrator")
PUBLISH = roles("policy_publisher administrator")
REGISTER = REVIEW | roles("registrar administrator coordinator")
FILL = REVIEW | roles("registrar")
REGISTRAR = roles("registrar")
OBJECTIONS = roles("first_reviewer second_reviewer approver coordinator")
MATCHING = roles("coordinator registrar administrator")
OUTREACH = roles("coordinator administrator")
FEEDBACK = roles("coordinator approver finance")
FACTS = roles("first_reviewer second_reviewer")

ADMIN = roles("administrator")

TABLE = {
    "accounts:people": Row(ADMIN),
    "accounts:person": Row(ADMIN),
    "accounts:appoint": Row(None, ADMIN),
    "accounts:dismiss": Row(None, ADMIN),
    "accounts:audit": Row(ADMIN),
    "accounts:audit_verify": Row(ADMIN),
    "applications:interests": Row(REVIEW | roles("coordinator")),
    "applications:answer_interest": Row(None, REVIEW),
    "budget:overview": Row(MONEY),
    "budget:change": Row(FINANCE, FINANCE),
    "budget:ledger": Row(MONEY),
    "catalogue:packs": Row(PACKS),
    "catalogue:submit_pack": Row(WRITE, WRITE),
    "catalogue:draft": Row(PACKS),
    "catalogue:publish_draft": Row(None, PUBLISH),
    "catalogue:refuse_draft": Row(None, PUBLISH),
    "catalogue:version": Row(PACKS),
    "catalogue:switch_pack": Row(None, PUBLISH),
    "enterprises:register": Row(REGISTER),
    "enterprises:imports": Row(REGISTRAR, REGISTRAR),
    "enterprises:import_preview": Row(REGISTRAR, REGISTRAR),
    "enterprises:claims": Row(REGISTRAR),
    "enterprises:decide_claim": Row(None, REGISTRAR),
    "enterprises:fill": Row(FILL, FILL),
    "enterprises:desk_file": Row(REGISTER, REGISTER),
    "feedback:overview": Row(FEEDBACK),
    "feedback:answer_receipt": Row(None, FEEDBACK),
    "feedback:answer_rating": Row(None, FEEDBACK),
    "feedback:answer_complaint": Row(None, {Role.COORDINATOR}),
    "matching:overview": Row(MATCHING),
    "matching:rematch": Row(None, MATCHING),
    "outreach:overview": Row(OUTREACH),
    "outreach:retry": Row(None, OUTREACH),
    "payments:overview": Row(FINANCE),
    "payments:order": Row(None, FINANCE),
    "payments:batch_make": Row(None, FINANCE),
    "payments:batches": Row(FINANCE),
    "payments:batch": Row(FINANCE),
    "payments:batch_export": Row(None, FINANCE),
    "payments:batch_dissolve": Row(None, FINANCE),
    "payments:answers": Row(FINANCE, FINANCE),
    "payments:answers_sample": Row(FINANCE),
    "payments:answer_settle": Row(None, FINANCE),
    "payments:repay": Row(None, FINANCE),
    "publicity:desk": Row(CASES | roles("coordinator")),
    "reports:quarterly": Row(roles("coordinator")),
    "site:desk": Row(frozenset(Role.values) - {AUDITOR}),
    "reviews:todo": Row(CASES | roles("coordinator")),
    "reviews:cases": Row(CASES | roles("coordinator")),
    "reviews:batch": Row(None, CASES),
    "reviews:batch_result": Row(CASES | roles("coordinator")),
    "reviews:case": Row(CASES | roles("coordinator")),
    "reviews:claim": Row(None, CASES),
    "reviews:release": Row(None, CASES | roles("coordinator")),
    "reviews:assign": Row(None, CASES | roles("coordinator")),
    "reviews:decide": Row(None, CASES),
    "reviews:facts": Row(None, FACTS),
    "reviews:refresh": Row(None, FACTS),
    "reviews:cancel_correction": Row(None, CASES),
    "reviews:corrections": Row(CASES | roles("coordinator")),
    "reviews:lapse_correction": Row(None, CASES),
    "reviews:download": Row(CASES | roles("coordinator")),
    "reviews:queue": Row(CASES | roles("coordinator")),
    "reviews:drain": Row(None, roles("finance approver")),
    "reviews:objections": Row(OBJECTIONS),
    "reviews:objection": Row(OBJECTIONS, OBJECTIONS),
}


def desk_routes() -> dict[str, str]:
    """Name and an address of every route below /desk/, with unknown ids where it takes any."""
    return dict(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        written = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            names = [space, pattern.namespace or ""]
            yield from _walk(pattern.url_patterns, written, ":".join(filter(None, names)))
        elif written.startswith("desk/"):
            name = f"{space}:{pattern.name}" if space else str(pattern.name)
            yield (
                name,
                reverse(name, kwargs={key: _unknown(c) for key, c in pattern.pattern.converters.items()}),
            )


def _unknown(converter: object) -> object:
    return UNKNOWN[type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")]


ROUTES = desk_routes()


def test_every_desk_address_has_a_row_and_every_row_an_address() -> None:
    assert set(ROUTES) == set(TABLE)


@pytest.fixture
def clients(db: None) -> dict[str, Client]:
    """A signed-in client for each role, one without a post, one who is nobody."""
    place = Department.objects.create(name="区测试局", district="500113")
    found = {"": Client()}
    for role in ["none", *Role.values]:
        user = User.objects.create(username=f"route-{role}", password=make_password(None))
        if role != "none":
            Post.objects.create(user=user, department=place, role=role)
        found[role] = Client()
        found[role].force_login(user)
    return found


def _reading(name: str, row: Row, clients: dict[str, Client]) -> list[str]:
    address, wrong = ROUTES[name], []
    for role, client in clients.items():
        answer = client.get(address)
        if row.read is None:
            # refusing the method or the person first is the same to an outsider; nothing is done either way
            entitled = role in (row.send or NOBODY)
            good = answer.status_code == 405 or (not entitled and answer.status_code in (302, 403))
        elif role == "":
            good = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/?next=")
        elif role in row.read | {AUDITOR}:
            good = answer.status_code in _welcome(name)
        else:
            good = answer.status_code == 403
        if not good:
            wrong.append(f"GET {name} as {role or 'anonymous'}: {answer.status_code}")
    return wrong


def _sending(name: str, row: Row, clients: dict[str, Client]) -> list[str]:
    address, wrong = ROUTES[name], []
    for role, client in clients.items():
        status = client.post(address, {"sent": "nonsense"}).status_code
        if row.send is None:
            good = status in (302, 403, 405) if role not in (row.read or NOBODY) else status == 405
        elif role == "":
            good = status == 302
        elif role in row.send:
            good = status in (302, 303, 400, 404, 409, 422)
        else:
            good = status == 403
        if not good:
            wrong.append(f"POST {name} as {role or 'anonymous'}: {status}")
    return wrong


def _welcome(name: str) -> tuple[int, ...]:
    """The answers to somebody who may enter; the front door leads on."""
    if name == FRONT_DOOR:
        return (302,)
    return (200, 404) if any(str(value) in ROUTES[name] for value in UNKNOWN.values()) else (200,)


def test_the_front_door_and_every_entry_of_the_menu_lead_to_pages_that_one_may_enter(
    clients: dict[str, Client],
) -> None:
    closed = []
    for role in Role.values:
        answer = clients[role].get(ROUTES[FRONT_DOOR], follow=True)
        assert answer.status_code == 200, role
        menu = [link.path for link in answer.context["navigation"]["desk"]]
        assert answer.redirect_chain == [(menu[0], 302)], role
        closed += [(role, path) for path in menu if clients[role].get(path).status_code != 200]
    assert closed == []


@pytest.mark.parametrize("app", sorted({name.split(":")[0] for name in TABLE}))
def test_the_table_holds(app: str, clients: dict[str, Client]) -> None:
    wrong: list[str] = []
    for name, row in TABLE.items():
        if name.split(":")[0] == app and name in ROUTES:
            wrong += _reading(name, row, clients) + _sending(name, row, clients)
    assert not wrong, "\n".join(wrong)


def test_an_auditor_sends_nothing_anywhere(clients: dict[str, Client]) -> None:
    statuses = {name: clients[AUDITOR].post(address).status_code for name, address in ROUTES.items()}
    assert {name for name, status in statuses.items() if status not in (403, 405)} == set()
    assert {
        name for name, status in statuses.items() if TABLE[name].send is not None and status != 403
    } == set()
