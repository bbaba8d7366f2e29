"""Triggers: four eyes, own enterprise, final decisions, nothing granted that nobody decided (docs/dev/promises.md)."""

from django.db import migrations

SQL = """
CREATE FUNCTION reviews_guard_task() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deciding CONSTANT text[] := ARRAY['passed', 'refused', 'sent_back'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL
       OR (NEW.application_id, NEW.stage, NEW.role, NEW.department_id, NEW.round)
          IS DISTINCT FROM (OLD.application_id, OLD.stage, OLD.role, OLD.department_id, OLD.round) THEN
        RAISE EXCEPTION 'review task % is a record: what was decided stays', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.outcome = 'returned' OR NEW.outcome = ANY (deciding) THEN
        IF applications_involved(NEW.decided_by_id, NEW.application_id) THEN
            RAISE EXCEPTION 'review task %: the person speaks for the enterprise', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.outcome = ANY (deciding) THEN
        PERFORM 1 FROM applications_application WHERE id = NEW.application_id FOR UPDATE;
        PERFORM 1 FROM reviews_stagetask t WHERE t.application_id = NEW.application_id
            AND t.decided_by_id = NEW.decided_by_id AND t.stage <> NEW.stage AND t.outcome = ANY (deciding);
        IF FOUND THEN
            RAISE EXCEPTION 'review task %: four eyes, the person decided at another stage', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM 1 FROM publicity_objection o JOIN publicity_entry e ON e.id = o.entry_id
            WHERE e.application_id = NEW.application_id AND o.decided_by_id = NEW.decided_by_id;
        IF FOUND THEN
            RAISE EXCEPTION 'review task %: four eyes, the person judged an objection', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_guard BEFORE UPDATE OR DELETE ON reviews_stagetask
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_task();

CREATE FUNCTION reviews_guard_objection() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    application bigint;
BEGIN
    SELECT application_id INTO application FROM publicity_entry WHERE id = OLD.entry_id;
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
       OR (NEW.entry_id, NEW.name, NEW.contact, NEW.content) IS DISTINCT FROM
          (OLD.entry_id, OLD.name, OLD.contact, OLD.content) THEN
        RAISE EXCEPTION 'objection % is a record and stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> 'open' THEN
        PERFORM 1 FROM applications_application WHERE id = application FOR UPDATE;
        PERFORM 1 FROM reviews_stagetask t WHERE t.application_id = application
            AND t.decided_by_id = NEW.decided_by_id AND t.outcome IN ('passed', 'refused', 'sent_back');
        IF FOUND OR applications_involved(NEW.decided_by_id, application) THEN
            RAISE EXCEPTION 'objection %: the person decided on this case or speaks for the enterprise', OLD.id
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER objection_guard BEFORE UPDATE OR DELETE ON publicity_objection
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_objection();

CREATE FUNCTION reviews_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.removed_at IS NOT NULL
       OR (NEW.notice_id, NEW.application_id, NEW.enterprise_name, NEW.amount) IS DISTINCT FROM
          (OLD.notice_id, OLD.application_id, OLD.enterprise_name, OLD.amount) THEN
        RAISE EXCEPTION 'public entry % is what the public saw and stays', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entry_guard BEFORE UPDATE OR DELETE ON publicity_entry
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_entry();

CREATE FUNCTION reviews_guard_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM reviews_stagetask t WHERE t.application_id = NEW.id AND t.stage = OLD.stage
        AND t.outcome = 'passed' AND t.amount = NEW.approved_amount AND t.decided_by_id IS NOT NULL;
    IF NOT FOUND OR OLD.state <> 'approval' THEN
        RAISE EXCEPTION 'application %: nobody approved %', NEW.number, NEW.approved_amount
            USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM 1 FROM publicity_entry e
        WHERE e.application_id = NEW.id AND e.removed_at IS NULL AND e.amount < NEW.approved_amount;
    IF FOUND THEN
        RAISE EXCEPTION 'application %: more than the public was shown', NEW.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER application_grant_guard BEFORE UPDATE OF state ON applications_application FOR EACH ROW
    WHEN (NEW.state IN ('queued', 'approved') AND OLD.state <> 'queued')
    EXECUTE FUNCTION reviews_guard_grant();
"""

UNDO = """
DROP TRIGGER application_grant_guard ON applications_application;
DROP TRIGGER entry_guard ON publicity_entry;
DROP TRIGGER objection_guard ON publicity_objection;
DROP TRIGGER task_guard ON reviews_stagetask;
DROP FUNCTION reviews_guard_grant(), reviews_guard_entry(), reviews_guard_objection(), reviews_guard_task();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0003_decided_by_somebody"),
        ("applications", "0005_guards"),
        ("publicity", "0004_shown_once"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
