"""A case that was closed because no correction came is over, and leaves room for a new one (ADR 22)."""

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
       OR (OLD.number IS NOT NULL AND (NEW.number, NEW.item_id, NEW.submitted_at, NEW.same_kind)
           IS DISTINCT FROM (OLD.number, OLD.item_id, OLD.submitted_at, OLD.same_kind)) THEN
        RAISE EXCEPTION 'application %: enterprise, item and number are final', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN (OVER) AND NEW.state <> OLD.state THEN
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


def guard(*over: str) -> str:
    """The guard of a case, with the states in which it is over."""
    return GUARD.replace("OVER", ", ".join(f"'{state}'" for state in over))


def one_open(*over: str) -> list[models.UniqueConstraint]:
    """One application of an enterprise for an item, and one of a kind, that is not over."""
    still = ~Q(state__in=list(over))
    return [
        models.UniqueConstraint(
            fields=["enterprise", "full_id"], condition=still, name="application_one_open"
        ),
        models.UniqueConstraint(
            fields=["enterprise", "same_kind"],
            condition=~Q(same_kind="") & still,
            name="application_one_of_a_kind",
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_guards")]
    operations = [
        migrations.AlterField(
            "application",
            "state",
            models.CharField(
                "状态",
                max_length=20,
                default="draft",
                choices=[
                    ("draft", "草稿"),
                    ("submitted", "已提交"),
                    ("in_review", "审核中"),
                    ("correction", "待补正"),
                    ("publicity", "公示中"),
                    ("approval", "待审定"),
                    ("queued", "排队待额度"),
                    ("approved", "已审定待拨付"),
                    ("paying", "拨付中"),
                    ("payment_returned", "拨付退回"),
                    ("paid", "已到账"),
                    ("refused", "不予支持"),
                    ("withdrawn", "已撤回"),
                    ("lapsed", "逾期未补正"),
                ],
            ),
        ),
        migrations.RemoveConstraint("application", "application_one_of_a_kind"),
        migrations.RemoveConstraint("application", "application_one_open"),
        *(migrations.AddConstraint("application", one) for one in one_open("refused", "withdrawn", "lapsed")),
        migrations.RunSQL(guard("refused", "withdrawn", "lapsed"), guard("refused", "withdrawn")),
    ]
