"""One form ready to be shown: to be typed in, or to be looked through before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babashi.applications import form as forms
from babashi.applications import pages, queries
from babashi.applications.assessment import Assessment, assess
from babashi.applications.flow import State
from babashi.applications.models import Application, Attachment
from babashi.catalogue.queries import rule_of
from babashi.workdays.clock import today


@dataclass(frozen=True, slots=True)
class FormView:
    """What comes of a form, and its fields, tables and materials as the page shows them."""

    application: Application
    form: Mapping[str, str]
    found: Assessment
    correction: Mapping[str, Any]
    """What the pending correction asks; empty when none is pending."""
    sent: queries.Sent
    errors: Mapping[str, str]
    """What the page says is wrong, by the name of the field."""
    facts: list[pages.FieldView]
    tables: list[pages.TableView]
    materials: list[pages.MaterialView]

    @property
    def correcting(self) -> bool:
        """Whether this is a correction of a case that was sent before."""
        return self.application.state == State.CORRECTION

    @property
    def ready(self) -> bool:
        """Whether it can be sent; a correction is taken whatever the rule says of it now."""
        return not self.found.errors if self.correcting else self.found.ready

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Links from a summary to the fields that need a change: (anchor, words)."""
        return pages.mistakes(self.errors, self.facts, self.tables)


def to_type_in(
    application: Application,
    form: Mapping[str, str],
    *,
    spare: Mapping[str, int] | None = None,
    refused: Mapping[str, str] | None = None,
) -> FormView:
    """The form with what is typed so far, blank rows to go on (``spare``: how many of a table), and what is no value.

    What is only missing yet is not held against somebody who is typing. During a correction only what was asked may
    change. ``refused``: why single fields could not be saved.
    """
    correction = _correction(application)
    sent = queries.last_sent(application)
    found, attachments = _looked(application, form, sent)
    errors = {**found.typed.errors, **(refused or {})}
    notes = pages.asked_notes(correction) if application.state == State.CORRECTION else None
    show = (found.definition, found.register, form)
    return FormView(
        application=application,
        form=form,
        found=found,
        correction=correction,
        sent=sent,
        errors=errors,
        facts=pages.fact_fields(*show, found.typed, errors=errors, asked=notes),
        tables=pages.table_views(*show, errors=errors, spare=spare, asked=notes),
        materials=pages.material_views(found.definition, attachments, errors=found.errors, asked=notes),
    )


def to_look_through(application: Application) -> FormView:
    """The form as it would be sent, with everything that is still missing or wrong."""
    correction = _correction(application)
    sent = queries.last_sent(application)
    found, attachments = _looked(application, application.form, sent)
    notes = pages.asked_notes(correction) if application.state == State.CORRECTION else None
    show = (found.definition, found.register, application.form)
    none = dict.fromkeys((table.spec.id for table in found.definition.tables), 0)
    return FormView(
        application=application,
        form=application.form,
        found=found,
        correction=correction,
        sent=sent,
        errors=found.errors,
        facts=pages.fact_fields(*show, found.typed, errors=found.errors),
        tables=pages.table_views(*show, errors=found.errors, spare=none),
        materials=pages.material_views(found.definition, attachments, errors=found.errors, asked=notes),
    )


def _correction(application: Application) -> Mapping[str, Any]:
    return queries.correction_asked(application) if application.state == State.CORRECTION else {}


def _looked(
    application: Application, form: Mapping[str, str], sent: queries.Sent
) -> tuple[Assessment, list[Attachment]]:
    """The verdict on a form with the files that count; a correction is judged on the day of the first submission."""
    correcting = application.state == State.CORRECTION
    found = assess(
        application.enterprise,
        rule_of(application.item),
        form,
        as_of=forms.frozen_day(application.facts_used) if correcting else today(),
        overrides=application.facts_used.get("overrides") if correcting else None,
        known_phones=sent.phones,
    )
    attachments = queries.current_attachments(application)
    found.errors |= forms.missing_materials(found.definition, {file.material for file in attachments})
    return found, attachments
