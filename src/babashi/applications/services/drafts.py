"""Drafts: started once, saved as they are typed, never overwritten by an older window."""

from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from babashi.accounts.models import User
from babashi.applications import form as forms
from babashi.applications.assessment import register_view
from babashi.applications.errors import ItemClosed, Mistakes, NotEditable, StaleRevision
from babashi.applications.flow import EDITABLE, EventKind, State
from babashi.applications.models import Application, Attachment
from babashi.applications.queries import asked_refs, last_sent, open_for, require_member
from babashi.applications.services.events import audit, lock, one_act, record_event
from babashi.audit.errors import Conflict, NotFound
from babashi.catalogue.models import CatalogueItem
from babashi.catalogue.queries import rule_of
from babashi.catalogue.rounds import why_closed
from babashi.enterprises.models import Enterprise
from babashi.files.services import accept_upload
from babashi.workdays.clock import now, today

ATTACHMENT_LIMIT = 40


def open_application(enterprise: Enterprise, item: CatalogueItem) -> Application | None:
    """The same as :func:`~babashi.applications.queries.open_for`, of one enterprise."""
    return open_for([enterprise.pk], item).get(enterprise.pk)


def require_open_item(item: CatalogueItem, channel: str) -> None:
    """Raise unless one can apply for the item today, in this way."""
    if item.channel != channel:
        raise Conflict("这个事项不在这里办理，请查看事项页的办理方式。", code="wrong_channel")
    if not (item.pack_version.enabled and item.pack_version.is_current):
        raise Conflict(
            "这个事项的政策版本已经更新。请从事项页点“去申报”重新进入，已填的内容会保留。", code="old_version"
        )
    if why := why_closed(item, today()):
        raise ItemClosed(why)


@one_act
def start_draft(enterprise: Enterprise, item: CatalogueItem, *, by: User) -> Application:
    """The draft of this enterprise for this item, prefilled; the open application where there is one already.

    Two windows or a double click get the same draft: the database allows one open application per item and round.
    """
    require_member(by, enterprise)
    existing = open_application(enterprise, item)
    if existing is not None:
        return on_this_version(existing, item, by)
    require_open_item(item, "application")
    definition = forms.define(rule_of(item), rule_of(item).dictionary)
    contact = (enterprise.contact_name, enterprise.contact_phone)
    form = forms.initial(definition, register_view(enterprise), contact)
    try:
        with transaction.atomic():
            application = Application.objects.create(
                enterprise=enterprise,
                item=item,
                full_id=item.full_id,
                round=item.round,
                started_by=by,
                started_at=now(),
                saved_at=now(),
                form=form,
            )
    except IntegrityError:
        existing = open_application(enterprise, item)
        if existing is None:
            raise
        return existing
    record_event(application, EventKind.DRAFT_STARTED, by=by, payload={"item": item.full_id})
    return application


def on_this_version(application: Application, item: CatalogueItem, by: User) -> Application:
    """A draft begun under an earlier version of the policy goes on under the present one, with all that was typed.

    So does one of an earlier round; while the next one has not begun, it stays where it is.
    """
    if application.state != State.DRAFT or application.item_id == item.pk:
        return application
    if item.round_name and why_closed(item, today()):
        return application
    require_open_item(item, "application")
    locked = lock(application)
    if locked.state != State.DRAFT or locked.item_id == item.pk:
        return locked
    before = locked.item.pack_version.version
    locked.item, locked.round = item, item.round
    locked.revision += 1
    locked.save(update_fields=["item", "round", "revision"])
    audit(
        actor=by,
        action="applications.draft_moved_on",
        subject=("application", str(locked.public_id)),
        uscc=locked.enterprise.uscc,
        details={"item": item.full_id, "from": before, "to": item.pack_version.version},
    )
    return locked


@one_act
def save_draft(
    application: Application, fields: Mapping[str, str], revision: int, *, by: User
) -> Application:
    """Keep what was typed, valid or not; empty fields are left out. Autosave calls this every few seconds.

    ``revision`` is the one the window started from: another one means that somebody else saved meanwhile
    (:class:`StaleRevision`), and nothing is changed. The same content again changes nothing either.
    """
    locked = lock(application)
    require_member(by, locked.enterprise)
    _require_editable(locked)
    rule = rule_of(locked.item)
    definition = forms.define(rule, rule.dictionary)
    accepted = forms.accept(definition, register_view(locked.enterprise), fields)
    if locked.state == State.CORRECTION:
        accepted = _only_asked(locked, accepted)
    if accepted == locked.form:
        return locked
    if locked.revision != revision:
        raise StaleRevision(locked.revision)
    locked.form, locked.saved_at = accepted, now()
    locked.revision += 1
    locked.save(update_fields=["form", "revision", "saved_at"])
    application.form, application.revision = locked.form, locked.revision
    return locked


@one_act
def attach(application: Application, material: str, uploaded: UploadedFile, *, by: User) -> Attachment:
    """Add a checked file to a material of the form."""
    locked = lock(application)
    require_member(by, locked.enterprise)
    _require_editable(locked)
    rule = rule_of(locked.item)
    if forms.define(rule, rule.dictionary).material(material) is None:
        raise Mistakes("没有这一项材料，请刷新页面后重新上传。", {"material": "没有这一项材料"})
    if locked.attachments.filter(removed_at=None).count() >= ATTACHMENT_LIMIT:
        raise Mistakes(f"最多上传 {ATTACHMENT_LIMIT} 个文件，请先移除不需要的。", {"file": "文件太多"})
    stored = accept_upload(uploaded, by=by, uscc=locked.enterprise.uscc)
    attachment = Attachment.objects.create(
        application=locked, material=material, file=stored, added_by=by, added_at=now()
    )
    _touched(locked)
    _audit_attachment(attachment, "applications.attached", by, locked)
    return attachment


@one_act
def detach(application: Application, attachment_id: int, *, by: User) -> None:
    """Mark a file as removed; it is kept. What was handed in with an earlier submission stays."""
    locked = lock(application)
    require_member(by, locked.enterprise)
    _require_editable(locked)
    attachment = locked.attachments.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound("没有找到这个文件，可能已经移除。")
    if attachment.pk in last_sent(locked).files:
        raise Conflict("这个文件已随申报提交，不能移除；请另外上传更正后的文件。", code="file_submitted")
    if attachment.removed_at is None:
        attachment.removed_at = now()
        attachment.save(update_fields=["removed_at"])
        _touched(locked)
        _audit_attachment(attachment, "applications.detached", by, locked)


def _touched(application: Application) -> None:
    application.saved_at = now()
    application.save(update_fields=["saved_at"])


def _require_editable(application: Application) -> None:
    if application.state not in EDITABLE:
        raise NotEditable(application.state)


def _only_asked(application: Application, accepted: dict[str, str]) -> dict[str, str]:
    """During a correction only what was asked may change; everything else stays as it was sent."""
    asked = asked_refs(application)
    if not asked:
        return accepted
    kept = {name: text for name, text in application.form.items() if not _touches(name, asked)}
    changed = {name: text for name, text in accepted.items() if _touches(name, asked)}
    foreign = {
        name for name, text in accepted.items() if not _touches(name, asked) and kept.get(name) != text
    }
    if foreign:
        raise Mistakes(
            "本次补正只能修改要求补正的内容，刚才填写的没有保存。请刷新页面，只改要求补正的几项；其他情况请写在“说明”里。",
            dict.fromkeys(sorted(foreign), "不在补正范围内"),
        )
    return kept | changed


def _touches(name: str, asked: set[str]) -> bool:
    if name == "note":
        return True
    group, _, rest = name.partition(".")
    return group in ("fact", "differs", "rows", "none", "use") and rest.partition(".")[0] in asked


def _audit_attachment(attachment: Attachment, action: str, by: User, application: Application) -> None:
    audit(
        actor=by,
        action=action,
        subject=("application", application.number or str(application.public_id)),
        uscc=application.enterprise.uscc,
        details={
            "material": attachment.material,
            "file": attachment.file.name,
            "sha256": attachment.file.sha256,
        },
    )
