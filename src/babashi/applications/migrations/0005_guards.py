"""Triggers: what a case is about and what was granted is final; granted money is reserved (docs/dev/promises.md)."""

from django.db import migrations

SQL = """
CREATE FUNCTION applications_involved(person bigint, application bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM enterprises_member m JOIN applications_application a ON a.enterprise_id = m.enterprise_id
        WHERE a.id = application AND m.user_id = person AND (m.ended_at IS NULL OR m.ended_at >= a.started_at)
    )
$$;

CREATE FUNCTION applications_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.state IN ('refused', 'withdrawn') AND NEW.state <> OLD.state THEN
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
CREATE TRIGGER application_guard BEFORE UPDATE OR DELETE ON applications_application
    FOR EACH ROW EXECUTE FUNCTION applications_guard();

CREATE FUNCTION applications_check_reserved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c applications_application%ROWTYPE;
    held numeric;
BEGIN
    SELECT * INTO c FROM applications_application WHERE id = NEW.id;
    SELECT sum(amount - released) INTO held FROM budget_reservation WHERE reference = c.number;
    IF c.state IN ('approved', 'paying', 'payment_returned', 'paid') AND held IS DISTINCT FROM c.approved_amount THEN
        RAISE EXCEPTION 'application % is granted %, but % is reserved', c.number, c.approved_amount, held
            USING ERRCODE = 'restrict_violation';
    ELSIF c.state NOT IN ('approved', 'paying', 'payment_returned', 'paid') AND coalesce(held, 0) <> 0 THEN
        RAISE EXCEPTION 'application % is %, but % is reserved', c.number, c.state, held
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER application_money_reserved AFTER INSERT OR UPDATE OF state, approved_amount
    ON applications_application DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION applications_check_reserved();
"""

UNDO = """
DROP TRIGGER application_money_reserved ON applications_application;
DROP TRIGGER application_guard ON applications_application;
DROP FUNCTION applications_check_reserved(), applications_guard(), applications_involved(bigint, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_same_kind"),
        ("budget", "0002_reservations"),
        ("enterprises", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
