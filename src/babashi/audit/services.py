"""Writing the log and proving that nobody touched it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction

from babashi.audit.chain import GENESIS, link, plain
from babashi.audit.models import AuditEntry
from babashi.workdays import clock

CHAIN_LOCK = 0x6261_6261_7368_0001  # advisory lock of the chain: one writer at a time
SYSTEM = "系统"
_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a walk along the chain found. ``problem`` (Chinese) is empty when everything holds."""

    entries: int
    head: str
    problem: str = ""
    sequence: int | None = None

    @property
    def intact(self) -> bool:
        """Whether the log is as it was written."""
        return not self.problem

    @property
    def anchor(self) -> str:
        """``sequence:digest`` of the last entry, to be noted outside: a cut-off end is found by it alone."""
        return f"{self.entries}:{self.head}"


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subject: tuple[str, str],
    uscc: str = "",
    details: Mapping[str, Any] | None = None,
    actor_label: str = "",
) -> AuditEntry:
    """Write one act, inside the caller's transaction and as its last step.

    It takes the chain's lock until the transaction ends, so whatever else the transaction must lock comes
    before it. Raises RuntimeError outside a transaction: an act and its record stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an act is recorded inside the transaction that carries it out")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = AuditEntry.objects.order_by("-sequence").values_list("sequence", "digest").first()
    sequence, previous = last or (0, GENESIS)
    entry = AuditEntry(
        sequence=sequence + 1,
        at=clock.now(),
        actor=actor,
        actor_label=(actor_label or (str(actor) if actor else SYSTEM))[:120],
        action=action,
        subject_type=subject[0],
        subject_id=str(subject[1]),
        uscc=uscc,
        details=plain(details or {}),
        previous=previous,
    )
    entry.digest = link(previous, _content(entry))
    entry.save(force_insert=True)
    return entry


def verify(*, expected: str = "", progress: Callable[[int], None] | None = None) -> VerifyReport:
    """Walk the whole chain. ``expected``: an anchor noted earlier (``sequence:digest``), if there is one."""
    previous, count = GENESIS, 0
    wanted_sequence, wanted_digest = _anchor(expected)
    for entry in _entries():
        count += 1
        problem = _problem(entry, count, previous)
        if not problem and entry.sequence == wanted_sequence and entry.digest != wanted_digest:
            problem = "与事先记下的摘要不一致，之前的记录被整体改写过"
        if problem:
            return VerifyReport(count, previous, f"第 {entry.sequence} 条：{problem}", entry.sequence)
        previous = entry.digest
        if progress and count % _PAGE == 0:
            progress(count)
    if wanted_sequence is not None and wanted_sequence > count:
        return VerifyReport(
            count, previous, f"日志只到第 {count} 条，事先记下的是第 {wanted_sequence} 条：末尾被删", count
        )
    return VerifyReport(count, previous)


def _content(entry: AuditEntry) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at,
        "actor": entry.actor_id,
        "actor_label": entry.actor_label,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "uscc": entry.uscc,
        "details": entry.details,
    }


def _entries() -> Iterator[AuditEntry]:
    with transaction.atomic():
        yield from AuditEntry.objects.order_by("sequence").iterator(chunk_size=_PAGE)


def _problem(entry: AuditEntry, position: int, previous: str) -> str:
    if entry.sequence != position:
        return f"序号应为 {position}，中间有记录被删除或插入"
    if entry.previous != previous:
        return "与前一条接不上，前一条被改过或删过"
    if entry.digest != link(previous, _content(entry)):
        return "内容与摘要不符，被改过"
    return ""


def _anchor(text: str) -> tuple[int | None, str]:
    if not text:
        return None, ""
    sequence, _, digest = text.partition(":")
    if not sequence.isdecimal() or len(digest) != 64:
        raise ValueError("锚点应写成 序号:摘要，例如 128:64 位十六进制摘要")
    return int(sequence), digest.lower()
