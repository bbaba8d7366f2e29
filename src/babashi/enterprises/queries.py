"""Reading enterprise files."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from babashi.accounts.models import User
from babashi.audit.errors import NotFound
from babashi.enterprises.merging import Picture, Told, paint, source_of, subject_of_picture
from babashi.enterprises.models import (
    BankAccount,
    Claim,
    ClaimCode,
    ClaimMethod,
    ClaimState,
    Enterprise,
    Member,
    Origin,
    ParameterValue,
    RegisterRow,
)
from babashi.rules.facts import FactDictionary, FactSpec
from babashi.rules.values import Source, Subject, Value

CHUNK = 2000
MIN_NAME, MIN_CODE = 3, 18
"""How much one has to know of an enterprise to find it: three characters of the name, or the whole code."""
FOUND_TO_CLAIM = 10


def dictionary() -> FactDictionary:
    """The fact dictionary of this installation."""
    return FactDictionary.load()


def current_rows() -> QuerySet[RegisterRow]:
    """Rows that are in force, with what is needed to name their source."""
    return RegisterRow.objects.filter(retired_at=None).select_related("batch", "department", "recorded_by")


def picture_of(enterprise: Enterprise) -> Picture:
    """Everything known of one enterprise, merged."""
    return paint(enterprise.known_tables, current_rows().filter(enterprise=enterprise), dictionary())


def subject_of(enterprise: Enterprise) -> Subject:
    """The enterprise as the rules see it: official facts first, declared ones only where nobody official knows."""
    return subject_of_picture(picture_of(enterprise))


def subject_of_rows(
    row_ids: Collection[int], known_tables: Collection[str], dictionary: FactDictionary
) -> Subject:
    """An enterprise as it was when exactly these register rows were in force. Rows are never edited, so this is
    the same for ever; only the names of departments and people in the sources are those of today."""
    rows = RegisterRow.objects.filter(pk__in=row_ids).select_related("batch", "department", "recorded_by")
    return subject_of_picture(paint(known_tables, rows, dictionary))


def subjects_of(enterprise_ids: Iterable[int]) -> Iterator[tuple[Enterprise, Subject]]:
    """Many enterprises with a constant number of queries per 2,000."""
    ids, facts = list(enterprise_ids), dictionary()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows: dict[int, list[RegisterRow]] = defaultdict(list)
        for row in current_rows().filter(enterprise_id__in=chunk):
            rows[row.enterprise_id].append(row)
        for enterprise in Enterprise.objects.filter(pk__in=chunk).order_by("pk"):
            yield enterprise, subject_of_picture(paint(enterprise.known_tables, rows[enterprise.pk], facts))


def register_parameters(
    names: Iterable[str] | None = None,
) -> dict[str, dict[tuple[object, ...], Decimal | None]]:
    """Official parameter tables by name and key (only these ``names``, if given); a table that was never handed in is
    absent."""
    tables: dict[str, dict[tuple[object, ...], Decimal | None]] = {}
    found = ParameterValue.objects.filter(retired_at=None)
    if names is not None:
        found = found.filter(table__in=list(names))
    for name, key, value in found.values_list("table", "key", "value"):
        tables.setdefault(name, {})[tuple(key.split("|"))] = value
    return tables


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact on the enterprise file: what counts, where it comes from, and what else was said."""

    spec: FactSpec
    value: Value | None
    source: Source | None
    others: tuple[tuple[Value, Source], ...] = ()

    @property
    def differs(self) -> bool:
        """Whether somebody says something else."""
        return any(value != self.value for value, _ in self.others)


def fact_sheet(enterprise: Enterprise) -> list[FactLine]:
    """Every fact of the dictionary with value, source, as-of day and differing statements."""
    picture = picture_of(enterprise)
    lines = []
    for name, spec in dictionary().facts.items():
        told: list[Told] = picture.facts.get(name, [])
        others = tuple((other.value, source_of(other.row)) for other in told[1:])
        first = told[0] if told else None
        lines.append(FactLine(spec, first and first.value, first and source_of(first.row), others))
    return lines


def facts_are_official(enterprise: Enterprise, fact_ids: Iterable[str]) -> bool:
    """Whether every one of these facts, tables and cells is known officially, with nothing self-declared in use."""
    picture, facts = picture_of(enterprise), dictionary()
    for ref in fact_ids:
        name = ref.partition(".")[0]
        if name in facts.facts:
            told = picture.facts.get(name)
            if not told or told[0].row.origin == Origin.DECLARED:
                return False
        elif name in facts.tables:
            rows = picture.tables.get(name)
            if rows is None or name not in enterprise.known_tables:
                return False
            if any(row.origin == Origin.DECLARED for _, row in rows):
                return False
    return True


def enterprises_of(user: User | AnonymousUser) -> list[Enterprise]:
    """Enterprises that a person is proven to speak for."""
    if not user.is_authenticated:
        return []
    return list(Enterprise.objects.filter(members__user=user, members__ended_at=None).order_by("name"))


def is_member(user: User | AnonymousUser, enterprise: Enterprise) -> bool:
    """Whether a person speaks for the enterprise today."""
    if not user.is_authenticated:
        return False
    return Member.objects.filter(user=user, enterprise=enterprise, ended_at=None).exists()


def member_or_404(user: User | AnonymousUser, uscc: str) -> Enterprise:
    """The enterprise of that code if the person speaks for it; for anybody else it does not exist."""
    found = None
    if user.is_authenticated:
        mine = Q(members__user=user, members__ended_at=None)
        found = Enterprise.objects.filter(mine, uscc=uscc.strip().upper()).first()
    if found is None:
        raise NotFound("没有找到这家企业，或者您还没有认领它。请先在“我的企业”里认领。")
    return found


def memberships_of(user: User) -> list[Member]:
    """For whom a person speaks, and as what."""
    mine = Member.objects.filter(user=user, ended_at=None).select_related("enterprise")
    return list(mine.order_by("enterprise__name"))


def members_of(enterprise: Enterprise) -> QuerySet[Member]:
    """Who speaks for an enterprise now, owners first."""
    now = Member.objects.filter(enterprise=enterprise, ended_at=None)
    return now.select_related("user", "enterprise").order_by("-role", "since")


def open_invitations(enterprise: Enterprise) -> QuerySet[Claim]:
    """Colleagues who have not answered yet."""
    claims = Claim.objects.filter(enterprise=enterprise, state=ClaimState.PENDING, method=ClaimMethod.INVITED)
    return claims.select_related("user", "enterprise").order_by("-pk")


def claims_of(user: User) -> QuerySet[Claim]:
    """A person's own claims and invitations, newest first."""
    return Claim.objects.filter(user=user).select_related("enterprise", "user", "invited_by").order_by("-pk")


def own_claim_or_404(user: User, claim_id: int) -> Claim:
    """One's own claim; anybody else's does not exist."""
    found = claims_of(user).filter(pk=claim_id).first()
    if found is None:
        raise NotFound
    return found


def last_code(claim: Claim) -> ClaimCode | None:
    """The code asked for last."""
    return ClaimCode.objects.filter(claim=claim).order_by("-pk").first()


def to_claim(text: str) -> list[Enterprise] | None:
    """Enterprises by the whole code or a part of the name; None when too little was typed. A few at most: the
    register can't be read out here."""
    code = "".join(text.split()).upper()
    if len(code) == MIN_CODE and code.isascii():
        return list(Enterprise.objects.filter(uscc=code))
    if len(text) < MIN_NAME:
        return None
    return list(Enterprise.objects.filter(name__icontains=text).order_by("name", "uscc")[:FOUND_TO_CLAIM])


def bank_account_of(enterprise: Enterprise) -> BankAccount | None:
    """Where the enterprise is paid now."""
    return BankAccount.objects.filter(enterprise=enterprise, retired_at=None).first()


def same_number(accounts: Iterable[BankAccount]) -> dict[int, list[BankAccount]]:
    """Accounts of other enterprises with the same number, by the id of the account asked about; one query.

    One account an enterprise, the newest. Only for officials: no enterprise learns of another one from it.
    """
    asked = [account for account in accounts if account.number_digest]
    if not asked:
        return {}
    digests = {account.number_digest for account in asked}
    given: dict[str, dict[int, BankAccount]] = {}
    for account in (
        BankAccount.objects.filter(number_digest__in=digests).select_related("enterprise").order_by("pk")
    ):
        given.setdefault(account.number_digest, {})[account.enterprise_id] = account
    found = {
        account.pk: [
            other
            for enterprise_id, other in given[account.number_digest].items()
            if enterprise_id != account.enterprise_id
        ]
        for account in asked
    }
    return {pk: others for pk, others in found.items() if others}


def find(text: str) -> QuerySet[Enterprise]:
    """Enterprises by a part of the name or the start of the code."""
    text = text.strip()
    found = Enterprise.objects.order_by("uscc")
    if not text:
        return found
    return found.filter(Q(name__icontains=text) | Q(uscc__startswith=text.upper()))


def by_uscc(uscc: str) -> Enterprise:
    """The enterprise of that code, or 404."""
    return get_object_or_404(Enterprise, uscc=uscc.strip().upper())
