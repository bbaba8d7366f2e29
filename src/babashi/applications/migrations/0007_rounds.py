"""One application of an enterprise for an item and round, and one of a kind and round (ADR 25).

Cases from before belong to no round, so that for them everything stays as it was.
"""

from django.db import migrations, models
from django.db.models import Q

GUARD = """
CREATE OR REPLACE FUNCTION applications_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    granted CONSTANT text[] := ARRAY['queued', 'approved', 'paying', 'payment_returned', 'paid'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'application % is a record and stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.enterprise_id, NEW.full_id, NEW.public_id) IS DISTINCT FROM (OLD.enterprise_id, OLD.full_id, OLD.public_id)
       OR (OLD.number IS NOT NULL AND (NEW.number, NEW.item_id, NEW.submitted_at, NEW.same_kind ROUND)
           IS DISTINCT FROM (OLD.number, OLD.item_id, OLD.submitted_at, OLD.same_kind ROUND)) THEN
        RAISE EXCEPTION 'application %: enterprise, item and number are final', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('refused', 'withdrawn', 'lapsed') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'application % is over', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = ANY (granted) AND (
        NOT NEW.state = ANY (granted)
        OR (NEW.approved_amount, NEW.amount_min, NEW.amount_max, NEW.verdict, NEW.facts_used, NEW.trace)
           IS DISTINCT FROM
           (OLD.approved_amount, OLD.amount_min, OLD.amount_max, OLD.verdict, OLD.facts_used, OLD.trace)
    ) THEN
        RAISE EXCEPTION 'application %: what was granted, and on which facts, is final', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
STILL = ~Q(state__in=["refused", "withdrawn", "lapsed"])


def guard(*, rounds: bool) -> str:
    """The guard of a case; with rounds, the round of a case that has a number is final too."""
    text = GUARD
    for row in ("NEW", "OLD"):
        text = text.replace(
            f"{row}.same_kind ROUND", f"{row}.same_kind" + (f", {row}.round" if rounds else "")
        )
    return text


class Migration(migrations.Migration):
    dependencies = [("applications", "0006_lapsed"), ("catalogue", "0004_rounds")]
    operations = [
        migrations.AddField(
            "application",
            "round",
            models.CharField(
                "申报批次",
                max_length=7,
                default="",
                help_text="of which an enterprise has one application; empty: one of the item, for ever",
            ),
        ),
        migrations.RemoveConstraint("application", "application_one_of_a_kind"),
        migrations.RemoveConstraint("application", "application_one_open"),
        migrations.AddConstraint(
            "application",
            models.UniqueConstraint(
                fields=["enterprise", "full_id", "round"], condition=STILL, name="application_one_open"
            ),
        ),
        migrations.AddConstraint(
            "application",
            models.UniqueConstraint(
                fields=["enterprise", "same_kind", "round"],
                condition=~Q(same_kind="") & STILL,
                name="application_one_of_a_kind",
            ),
        ),
        migrations.RunSQL(guard(rounds=True), guard(rounds=False)),
    ]
