"""Publishing packs. A version never changes once published; what follows from a change is a job's business."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404

from babashi.accounts.models import Department, User
from babashi.accounts.permissions import require_role
from babashi.audit import services as audit
from babashi.audit.errors import Conflict, Invalid
from babashi.catalogue import listing, queries, tasks
from babashi.catalogue.errors import BrokenPack, ForeignRegion, SamePerson, VersionTaken
from babashi.catalogue.models import CatalogueItem, DraftState, PackDraft, PackVersion
from babashi.catalogue.rounds import require_in_turn
from babashi.rules.cases import read_cases
from babashi.rules.columnar.agreement import check_columns
from babashi.rules.facts import packs_root
from babashi.rules.loader import PACK_FILE, PLATFORM_FILE, find_packs, load_pack_from_texts, read_files
from babashi.rules.pack import Item, Pack
from babashi.rules.problems import PackErrors
from babashi.rules.quotations import compare
from babashi.workdays import clock

MAX_DIFF_LINES = 400
MAX_FILES = 20
MAX_BYTES = 2_000_000
SHELL = "命令行"
_LOCK = 0x6361_7401  # advisory lock: one publication at a time


def texts_of(source: Path | str | Mapping[str, str]) -> dict[str, str]:
    """The texts of a pack, from its folder or as they are; bounded."""
    if isinstance(source, Mapping):
        files = {str(name): str(text) for name, text in source.items()}
    else:
        folder = Path(source)
        if not folder.is_dir():
            raise Invalid(f"没有文件夹 {folder}。请给出政策包所在的文件夹（里面有 pack.yaml）。")
        try:
            files = read_files(folder)
        except PackErrors as error:
            raise BrokenPack(error.problems) from error
    if len(files) > MAX_FILES or sum(len(text.encode()) for text in files.values()) > MAX_BYTES:
        raise Invalid(f"政策包太大：最多 {MAX_FILES} 个文件、合计 {MAX_BYTES // 1_000_000} MB。")
    return files


def check(files: Mapping[str, str]) -> tuple[Pack, dict[str, Any]]:
    """Load and check a pack and run its cases. Returns it with the report; :class:`BrokenPack` names every mistake."""
    try:
        pack = load_pack_from_texts(files, queries.dictionary())
        cases = read_cases(pack)
    except PackErrors as error:
        raise BrokenPack(error.problems) from error
    _require_our_region(pack)
    failures = [
        f"cases.yaml:{case.line}:1: 用例“{case.name}”不符：{difference}"
        for case in cases
        for difference in case.run()
    ]
    failures += [str(problem) for problem in check_columns(pack, cases, PACK_FILE)]
    if failures:
        raise BrokenPack(failures)
    report = {
        "cases": len(cases),
        "items": len(pack.items),
        "readings": len(pack.readings),
        "warnings": [str(problem) for problem in pack.warnings],
    }
    return pack, report


def publish_pack(
    source: Path | str | Mapping[str, str],
    *,
    by: User | None,
    enabled: bool | None = None,
    report: dict[str, Any] | None = None,
) -> PackVersion:
    """Publish a pack version and make it the current one.

    The same content again changes nothing and returns the stored version; the same version number with other
    content raises :class:`VersionTaken`; a round of application out of its turn is refused.
    ``enabled`` defaults to what the pack says of itself.
    ``by`` is None for the command line and the first start; at the desk use :func:`publish_draft`.
    """
    files = texts_of(source)
    pack, found = check(files)
    if pack.id.count("/"):
        raise Invalid(f"政策包的 id 不能有斜线：{pack.id}")
    with transaction.atomic():
        _one_at_a_time()
        stored = PackVersion.objects.filter(digest=pack.digest).first()
        if stored is not None:
            return stored
        if PackVersion.objects.filter(pack_id=pack.id, version=pack.version).exists():
            raise VersionTaken(pack.id, pack.version)
        require_in_turn(pack, clock.today())
        PackVersion.objects.filter(pack_id=pack.id, is_current=True).update(is_current=False)
        version = _store(pack, report or found, by, pack.enabled if enabled is None else enabled)
        audit.record(
            actor=by,
            action="catalogue.published",
            subject=("pack", f"{pack.id}@{pack.version}"),
            details={"digest": pack.digest, "items": len(pack.items), "enabled": version.enabled},
            actor_label="" if by else SHELL,
        )
        tasks.packs_changed()
    return version


def _require_our_region(pack: Pack) -> None:
    region, home = pack.document.region, settings.BABASHI_DISTRICT
    if region and region not in queries.regions(home):
        raise ForeignRegion(pack.id, region, f"{home}（{settings.BABASHI_DISTRICT_NAME}）")


def _store(pack: Pack, report: dict[str, Any], by: User | None, enabled: bool) -> PackVersion:
    document = pack.document
    version = PackVersion.objects.create(
        pack_id=pack.id,
        version=pack.version,
        digest=pack.digest,
        number=document.number,
        title=document.title,
        issuer=document.issuer,
        region=document.region or settings.BABASHI_DISTRICT,
        files=dict(pack.files),
        dictionary=(packs_root() / "facts.yaml").read_text(encoding="utf-8-sig"),
        report=report,
        enabled=enabled,
        published_by=by,
        published_at=clock.now(),
    )
    departments = _departments(pack)
    for position, item in enumerate(pack.items, start=1):
        _store_item(version, position, item, pack, departments)
    return version


def _departments(pack: Pack) -> dict[str, Department]:
    """Whoever leads, supports or has a stage: somebody has to be appointed there before a case comes."""
    names = {name for item in pack.items for name in (item.lead, *item.support)}
    names |= {stage.department for item in pack.items for stage in item.process}
    district = pack.document.region or settings.BABASHI_DISTRICT
    return {name: Department.objects.get_or_create(district=district, name=name)[0] for name in sorted(names)}


def _store_item(
    version: PackVersion, position: int, item: Item, pack: Pack, departments: dict[str, Department]
) -> None:
    words = listing.words_json(item, pack)
    body, vector = listing.search_fields(item, pack, words)
    row = CatalogueItem.objects.create(
        pack_version=version,
        full_id=item.full_id,
        position=position,
        article=item.article,
        title=item.title,
        short_title=item.short_title or item.title,
        kind=item.kind,
        applicant=item.applicant,
        channel=item.channel,
        automatic=item.automatic,
        lead=departments[item.lead],
        until=item.until,
        opens=item.round.opens if item.round else None,
        round=item.round_key,
        round_name=item.round.name if item.round else "",
        kinds=listing.subject_kinds(item, pack),
        amount=listing.amount_words(item),
        words=words,
        body=body,
    )
    row.support.set([departments[name] for name in item.support])
    table = CatalogueItem._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET search = %s::tsvector WHERE id = %s', [vector, row.pk])  # nosec B608


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def enable_pack(version: PackVersion, *, by: User | None) -> PackVersion:
    """Make the current version of a pack count for matching and for the catalogue."""
    return _switch(version, enabled=True, by=by)


def disable_pack(version: PackVersion, *, by: User | None, reason: str = "") -> PackVersion:
    """Take a pack out of catalogue and matching; what was submitted goes on. An official gives the reason."""
    if by is not None and len(reason.strip()) < 2:
        raise Invalid("请写明停用的原因。", {"reason": ["请写明停用的原因"]})
    return _switch(version, enabled=False, by=by, reason=reason.strip()[:500])


def _switch(version: PackVersion, *, enabled: bool, by: User | None, reason: str = "") -> PackVersion:
    if by is not None:
        require_role(by, "policy_publisher", "administrator")
    with transaction.atomic():
        locked = PackVersion.objects.select_for_update().get(pk=version.pk)
        if not locked.is_current:
            raise Conflict("只有现行版本可以启用或停用；旧版本只供查阅。")
        if locked.enabled != enabled:
            locked.enabled = enabled
            locked.save(update_fields=["enabled"])
            audit.record(
                actor=by,
                action="catalogue.enabled" if enabled else "catalogue.disabled",
                subject=("pack", f"{locked.pack_id}@{locked.version}"),
                details={"reason": reason} if reason else {},
                actor_label="" if by else SHELL,
            )
            tasks.packs_changed()
    version.enabled = enabled
    return locked


# -- the desk: an author hands in, another person publishes ---------------------------------------------------


def submit_draft(files: Mapping[str, str], *, by: User, note: str = "") -> PackDraft:
    """A policy author hands in a pack version; it must pass the checker and all its cases.

    The text of the notice, when it comes along, is held against the quotations and kept for readers.
    """
    require_role(by, "policy_author", "administrator")
    texts = texts_of(files) | _platform()
    pack, report = check(texts)
    told = compare(pack, texts.get(pack.document.source), PACK_FILE)
    if any(problem.severity == "error" for problem in told):
        raise BrokenPack(told)
    report["warnings"] += [str(problem) for problem in told]
    with transaction.atomic():
        _one_at_a_time()
        if PackVersion.objects.filter(digest=pack.digest).exists():
            raise Conflict(f"内容相同的版本已经发布过（{pack.id} {pack.version}），不需要再提交。")
        if PackVersion.objects.filter(pack_id=pack.id, version=pack.version).exists():
            raise VersionTaken(pack.id, pack.version)
        waiting = PackDraft.objects.filter(digest=pack.digest, state=DraftState.WAITING).first()
        if waiting is not None:
            return waiting
        draft = PackDraft.objects.create(
            pack_id=pack.id,
            version=pack.version,
            digest=pack.digest,
            title=pack.document.title,
            files=texts,
            report=report,
            note=note[:500],
            author=by,
            created_at=clock.now(),
        )
        audit.record(
            actor=by,
            action="catalogue.draft_submitted",
            subject=("pack", f"{pack.id}@{pack.version}"),
            details={"digest": pack.digest},
        )
    return draft


def _platform() -> dict[str, str]:
    """The platform's settings for all packs: an author's own copy of them never counts."""
    path = packs_root() / PLATFORM_FILE
    return {PLATFORM_FILE: path.read_text(encoding="utf-8-sig")} if path.is_file() else {}


def _waiting_draft(draft_id: int, by: User) -> PackDraft:
    require_role(by, "policy_publisher", "administrator")
    draft = PackDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    if draft.state != DraftState.WAITING:
        raise Conflict("这个版本已经处理过了，请刷新页面。")
    if draft.author_id == by.pk:
        raise SamePerson
    return draft


def publish_draft(draft_id: int, *, by: User, enabled: bool | None = None) -> PackVersion:
    """Publish what an author handed in. The publisher must be another person; it is checked again now."""
    with transaction.atomic():
        draft = _waiting_draft(draft_id, by)
        version = publish_pack(draft.files, by=by, enabled=enabled)
        draft.state, draft.decided_by, draft.decided_at = DraftState.PUBLISHED, by, clock.now()
        draft.save(update_fields=["state", "decided_by", "decided_at"])
    return version


def refuse_draft(draft_id: int, *, by: User, reason: str) -> PackDraft:
    """Give a draft back with a reason."""
    if not reason.strip():
        raise Invalid("请写明退回原因，编制人员才知道改哪里。", {"reason": ["请填写退回原因"]})
    with transaction.atomic():
        draft = _waiting_draft(draft_id, by)
        draft.state, draft.decided_by, draft.decided_at = DraftState.REFUSED, by, clock.now()
        draft.reason = reason.strip()[:500]
        draft.save(update_fields=["state", "decided_by", "decided_at", "reason"])
        audit.record(
            actor=by,
            action="catalogue.draft_refused",
            subject=("pack", f"{draft.pack_id}@{draft.version}"),
            details={"reason": draft.reason},
        )
    return draft


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What differs between two sets of files: per file, lines marked ``+``, ``-`` or blank (with context)."""
    found = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        if old == new:
            continue
        lines = list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
        found.append((name, [(line[:1], line[1:]) for line in lines[:MAX_DIFF_LINES]]))
    return found


def shipped_packs() -> list[Path]:
    """Folders of the packs that come with the platform."""
    return find_packs(packs_root())


def other_than_in_force(source: Path) -> str:
    """What to say of a shipped pack of which an installation holds other versions only; empty when there is nothing.

    Raises :class:`BrokenPack` for one that can't be read, :class:`VersionTaken` for a change without a new version.
    """
    try:
        pack = load_pack_from_texts(texts_of(source), queries.dictionary())
    except PackErrors as error:
        raise BrokenPack(error.problems) from error
    if PackVersion.objects.filter(digest=pack.digest).exists():
        return ""
    current = PackVersion.objects.filter(pack_id=pack.id, is_current=True).first()
    if current is None:
        return ""
    if current.version == pack.version:
        raise VersionTaken(pack.id, pack.version)
    return (
        f"政策包 {pack.id} 随平台附带的是 {pack.version}，现行的是 {current.version}，没有自动更换。"
        f"要采用，请运行 babashi catalogue publish {source}，或由政策编制、政策发布两个岗位在工作台装入。"
    )
