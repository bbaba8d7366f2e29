"""What one can do to an enterprise file. Facts are never edited: a newer row retires the older one."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from babashi.accounts.models import Department, User
from babashi.audit.acts import note, one_act
from babashi.audit.errors import Invalid, NotAllowed
from babashi.enterprises.account_numbers import plain_number
from babashi.enterprises.claims import decide_claim, prove_by_code, send_code, start_claim, withdraw_claim
from babashi.enterprises.filling import require_may_record
from babashi.enterprises.importing import ImportReport, RegisterRefused, import_register
from babashi.enterprises.members import answer_invitation, cancel_invitation, end_membership, invite_clerk
from babashi.enterprises.merging import DECLARED_MARK, SUBJECT_TABLE
from babashi.enterprises.models import BankAccount, Enterprise, Origin, RegisterRow
from babashi.enterprises.queries import dictionary, is_member
from babashi.enterprises.tasks import ask_for_matching
from babashi.enterprises.values import row_to_json, to_json
from babashi.files.cipher import fingerprint, seal, unseal
from babashi.rules.values import Value
from babashi.workdays.clock import now, today

__all__ = [
    "ImportReport", "RegisterRefused", "account_number", "answer_invitation", "cancel_invitation", "decide_claim",
    "declare_facts", "declare_rows", "end_membership", "import_register", "invite_clerk", "prove_by_code",
    "record_official_fact", "retract_rows", "send_code", "set_bank_account", "start_claim", "withdraw_claim",
]  # fmt: skip
MIRRORED = ("name", "district", "kind", "contact_name", "contact_phone", "contact_email")
"""Facts that the enterprise's own row repeats, so that lists and messages find them."""


@one_act
def declare_facts(enterprise: Enterprise, values: Mapping[str, Value | None], *, by: User) -> bool:
    """The enterprise says something of itself; kept beside official facts, never instead of them.

    ``None`` takes a statement back. Returns whether anything changed. Raises :class:`Invalid` for facts that only
    officials record.
    """
    _require_member(by, enterprise)
    facts = dictionary().facts
    wrong = [name for name in values if name not in facts or not facts[name].declarable]
    if wrong:
        labels = "、".join(facts[name].spoken if name in facts else name for name in wrong)
        raise Invalid(f"这些内容只能由部门登记：{labels}。")
    row = _lock_rows(enterprise, SUBJECT_TABLE, Origin.DECLARED).filter(key="").first()
    before: dict[str, Any] = dict(row.values) if row else {}
    after = {name: data for name, data in before.items() if name not in values} | row_to_json(values)
    if after == before:
        return False
    _replace(row, enterprise, SUBJECT_TABLE, "", Origin.DECLARED, after, by)
    _changed(enterprise, by, "enterprises.facts_declared", {"before": before, "after": after})
    return True


@one_act
def declare_rows(
    enterprise: Enterprise, table: str, rows: Sequence[Mapping[str, Value | None]], *, by: User
) -> bool:
    """The enterprise tells its whole child table (no rows: it has none). Returns whether anything changed."""
    _require_member(by, enterprise)
    spec = dictionary().tables.get(table)
    if spec is None:
        raise Invalid(f"没有叫“{table}”的表。")
    wanted = {DECLARED_MARK: {}, **{_row_key(spec.key, row): row_to_json(row) for row in rows}}
    if len(wanted) != len(rows) + 1:
        raise Invalid(f"{spec.label}里有重复的行，请合并或删去。")
    current = {row.key: row for row in _lock_rows(enterprise, table, Origin.DECLARED)}
    changed = False
    for key in current.keys() - wanted.keys():
        _retire(current[key])
        changed = True
    for key, values in wanted.items():
        if key not in current or current[key].values != values:
            _replace(current.get(key), enterprise, table, key, Origin.DECLARED, values, by)
            changed = True
    if changed:
        details = {"table": table, "rows": list(wanted.values())[1:]}
        _changed(enterprise, by, "enterprises.rows_declared", details)
    return changed


@one_act
def retract_rows(enterprise: Enterprise, table: str, *, by: User) -> bool:
    """The enterprise takes back what it said of a child table: it is as if it had never said anything."""
    _require_member(by, enterprise)
    rows = list(_lock_rows(enterprise, table, Origin.DECLARED))
    for row in rows:
        _retire(row)
    if rows:
        _changed(enterprise, by, "enterprises.rows_retracted", {"table": table})
    return bool(rows)


@one_act
def record_official_fact(
    enterprise: Enterprise, fact: str, value: Value | None, *, by: User, department: Department
) -> None:
    """A department records one fact that it established; it outranks what the enterprise declares.

    ``None`` takes the department's own statement back. Facts that an enterprise can't declare are recorded by the
    department that holds them alone, contacts (they prove who speaks for the enterprise) by registrars.
    """
    require_may_record(fact, by=by, department=department)
    if is_member(by, enterprise):
        raise NotAllowed("不能为自己所在的企业登记，请由同事办理。")
    row = _lock_rows(enterprise, SUBJECT_TABLE, Origin.REVIEWER).filter(key="", department=department).first()
    before: dict[str, Any] = dict(row.values) if row else {}
    after = {name: data for name, data in before.items() if name != fact}
    if value is not None:
        after[fact] = to_json(value)
    if after == before:
        return
    _replace(row, enterprise, SUBJECT_TABLE, "", Origin.REVIEWER, after, by, department)
    if fact in MIRRORED and value is not None:
        Enterprise.objects.filter(pk=enterprise.pk).update(**{fact: value})
    details = {
        "fact": fact,
        "before": before.get(fact),
        "after": after.get(fact),
        "department": department.name,
    }
    _changed(enterprise, by, "enterprises.fact_recorded", details)


def _is_payee(enterprise: Enterprise, account_name: str) -> bool:
    """Public money goes to the enterprise itself. A sole trader's account may bear the trader's own name."""
    if not enterprise.name or enterprise.kind == "个体工商户":
        return True
    plain = (
        re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
        for text in (enterprise.name, account_name)
    )
    return next(plain) == next(plain)


@one_act
def set_bank_account(
    enterprise: Enterprise, *, account_name: str, bank_name: str, number: str, by: User
) -> BankAccount:
    """Where the enterprise wants to be paid. An account is never edited: a new one retires the old."""
    _require_member(by, enterprise)
    account_name, bank_name = account_name.strip(), bank_name.strip()
    digits = plain_number(number)
    errors: dict[str, list[str]] = {}
    if not 2 <= len(account_name) <= 200:
        errors["account_name"] = ["请填写与营业执照一致的户名"]
    elif not _is_payee(enterprise, account_name):
        errors["account_name"] = [
            f"户名须与登记名称一致：{enterprise.name}。登记名称有误的，请先联系牵头单位更正"
        ]
    if not 4 <= len(bank_name) <= 200:
        errors["bank_name"] = ["请填写开户行全称，例如：某某银行某某市某某区支行"]
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        errors["number"] = ["账号应为 8 到 32 位数字"]
    if errors:
        raise Invalid("收款账户没有填好，请检查标出的地方。", errors)
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    old = BankAccount.objects.filter(enterprise=enterprise, retired_at=None).first()
    if (
        old
        and (old.account_name, old.bank_name) == (account_name, bank_name)
        and account_number(old) == digits
    ):
        return old
    BankAccount.objects.filter(enterprise=enterprise, retired_at=None).update(retired_at=now())
    account = BankAccount.objects.create(
        enterprise=enterprise, account_name=account_name, bank_name=bank_name,
        number_sealed=seal(digits, _account_context(enterprise)), number_tail=digits[-4:],
        number_digest=fingerprint(digits, NUMBER), recorded_by=by, recorded_at=now(),
    )  # fmt: skip
    details = {"account_name": account_name, "bank_name": bank_name, "tail": digits[-4:]}
    note(
        actor=by, action="enterprises.bank_account_set", subject=("bank_account", str(account.pk)),
        uscc=enterprise.uscc, details=details,
    )  # fmt: skip
    return account


def account_number(account: BankAccount) -> str:
    """The full number; only for handing it to the treasury."""
    return unseal(bytes(account.number_sealed), _account_context(account.enterprise))


NUMBER = "bank-account"
"""What fingerprints of account numbers are made for."""


def _account_context(enterprise: Enterprise) -> str:
    return f"bank-account:{enterprise.uscc}"


def _require_member(user: User, enterprise: Enterprise) -> None:
    if not is_member(user, enterprise):
        raise NotAllowed("只有已认领这家企业的人员才能办理。请先认领企业。")


def _lock_rows(enterprise: Enterprise, table: str, origin: str) -> Any:
    Enterprise.objects.select_for_update().get(pk=enterprise.pk)
    return RegisterRow.objects.filter(Q(retired_at=None), enterprise=enterprise, table=table, origin=origin)


def _retire(row: RegisterRow) -> None:
    row.retired_at = now()
    row.save(update_fields=["retired_at"])


def _replace(
    old: RegisterRow | None, enterprise: Enterprise, table: str, key: str, origin: str,
    values: Mapping[str, Any], by: User, department: Department | None = None,
) -> None:  # fmt: skip
    if old is not None:
        _retire(old)
    RegisterRow.objects.create(
        enterprise=enterprise, table=table, key=key, origin=origin, values=dict(values), as_of=today(),
        department=department, recorded_by=by, recorded_at=now(),
    )  # fmt: skip


def _row_key(columns: Sequence[str], row: Mapping[str, Value | None]) -> str:
    named = [str(row[column]) for column in columns if row.get(column) is not None]
    if named:
        return "|".join(named)[:120]
    content = repr(sorted(row_to_json(row).items()))
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _changed(enterprise: Enterprise, by: User, action: str, details: Mapping[str, Any]) -> None:
    Enterprise.objects.filter(pk=enterprise.pk).update(changed_at=now())
    ask_for_matching([enterprise.pk], "enterprise")
    note(
        actor=by,
        action=action,
        subject=("enterprise", str(enterprise.pk)),
        uscc=enterprise.uscc,
        details=dict(details),
    )
