"""Triggers that hold the promises of the money path whatever a service does (docs/dev/promises.md)."""

from django.db import migrations

PAYMENT = """
CREATE FUNCTION payments_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c applications_application%ROWTYPE;
    b payments_paymentbatch%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'payment % is a record and stays', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO c FROM applications_application WHERE id = NEW.application_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'ready' OR c.state NOT IN ('approved', 'payment_returned') OR c.verdict <> 'eligible'
           OR c.approved_amount IS DISTINCT FROM NEW.amount OR c.amount_max IS NULL
           OR NEW.amount > c.amount_max THEN
            RAISE EXCEPTION 'payment %: no approved case with this amount', NEW.number
                USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM 1 FROM budget_reservation r JOIN budget_appropriation p ON p.id = r.appropriation_id
            WHERE r.reference = c.number AND p.full_id = c.full_id AND r.amount = NEW.amount
              AND r.paid = 0 AND r.released = 0;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'payment %: its money is not reserved', NEW.number USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM 1 FROM applications_applicationevent e JOIN reviews_stagetask t
            ON t.application_id = e.application_id AND t.stage = e.stage AND t.decided_by_id = e.by_id
            WHERE e.application_id = c.id AND e.kind IN ('approved', 'queued') AND t.outcome = 'passed'
              AND t.amount = NEW.amount;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'payment %: nobody decided it', NEW.number USING ERRCODE = 'restrict_violation';
        END IF;
    ELSE
        IF (NEW.number, NEW.application_id, NEW.attempt, NEW.amount)
           IS DISTINCT FROM (OLD.number, OLD.application_id, OLD.attempt, OLD.amount) THEN
            RAISE EXCEPTION 'payment %: number, case and amount are final', OLD.number
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.bank_account_id <> OLD.bank_account_id AND OLD.state <> 'ready' THEN
            RAISE EXCEPTION 'payment %: the account is final once batched', OLD.number
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
            'ready>batched', 'batched>ready', 'batched>exported', 'exported>succeeded', 'exported>returned',
            'succeeded>returned', 'returned>succeeded', 'returned>replaced'
        ) THEN
            RAISE EXCEPTION 'payment %: % does not follow %', OLD.number, NEW.state, OLD.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.state <> OLD.state AND NEW.state IN ('batched', 'exported') THEN
            SELECT * INTO b FROM payments_paymentbatch WHERE id = NEW.batch_id;
            IF b.dissolved_at IS NOT NULL OR (NEW.state = 'exported') <> (b.exported_at IS NOT NULL)
               OR applications_involved(CASE NEW.state WHEN 'batched' THEN b.created_by_id ELSE b.exported_by_id END,
                                    NEW.application_id) THEN
                RAISE EXCEPTION 'payment %: its batch is not for it', OLD.number
                    USING ERRCODE = 'restrict_violation';
            END IF;
        END IF;
    END IF;
    PERFORM 1 FROM enterprises_bankaccount WHERE id = NEW.bank_account_id AND enterprise_id = c.enterprise_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'payment %: the account is another enterprise''s', NEW.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_guard BEFORE INSERT OR UPDATE OR DELETE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_guard_payment();
"""

LEDGER = """
CREATE FUNCTION payments_check_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    p payments_payment%ROWTYPE;
    booked numeric;
BEGIN
    IF TG_TABLE_NAME = 'payments_payment' THEN
        SELECT * INTO p FROM payments_payment WHERE id = NEW.id;
    ELSE
        SELECT * INTO p FROM payments_payment WHERE number = NEW.payment_number;
    END IF;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(CASE kind WHEN 'paid' THEN amount ELSE -amount END), 0) INTO booked
        FROM budget_ledgerentry WHERE payment_number = p.number AND kind IN ('paid', 'reversed');
    IF booked <> (CASE p.state WHEN 'succeeded' THEN p.amount ELSE 0 END) THEN
        RAISE EXCEPTION 'payment % is %, but the ledger says % was paid', p.number, p.state, booked
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_agrees_with_ledger AFTER INSERT OR UPDATE ON payments_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_check_ledger();
CREATE CONSTRAINT TRIGGER ledger_agrees_with_payment AFTER INSERT ON budget_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind IN ('paid', 'reversed'))
    EXECUTE FUNCTION payments_check_ledger();
"""

BATCH = """
CREATE FUNCTION payments_guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.number, NEW.created_by_id, NEW.created_at)
           IS DISTINCT FROM (OLD.number, OLD.created_by_id, OLD.created_at)
       OR (OLD.exported_at IS NOT NULL AND (NEW.exported_at, NEW.exported_by_id)
           IS DISTINCT FROM (OLD.exported_at, OLD.exported_by_id))
       OR (OLD.dissolved_at IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'batch %: who composed and exported it is final', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER batch_guard BEFORE UPDATE OR DELETE ON payments_paymentbatch
    FOR EACH ROW EXECUTE FUNCTION payments_guard_batch();
"""

ANSWER = """
CREATE FUNCTION payments_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL OR (
        NEW.file_id, NEW.row_number, NEW.batch_number, NEW.payment_number, NEW.status, NEW.amount, NEW.paid_on,
        NEW.bank_reference, NEW.reason, NEW.payment_id, NEW.outcome
    ) IS DISTINCT FROM (
        OLD.file_id, OLD.row_number, OLD.batch_number, OLD.payment_number, OLD.status, OLD.amount, OLD.paid_on,
        OLD.bank_reference, OLD.reason, OLD.payment_id, OLD.outcome
    ) THEN
        RAISE EXCEPTION 'bank answer % is evidence and stays', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.taken AND (
        NEW.settled_by_id = (SELECT imported_by_id FROM payments_bankanswerfile WHERE id = NEW.file_id)
        OR applications_involved(
            NEW.settled_by_id, (SELECT application_id FROM payments_payment WHERE id = NEW.payment_id))
    ) THEN
        RAISE EXCEPTION 'bank answer %: this person may not book it', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_guard BEFORE UPDATE OR DELETE ON payments_bankanswer
    FOR EACH ROW EXECUTE FUNCTION payments_guard_answer();
"""

UNDO = """
DROP TRIGGER answer_guard ON payments_bankanswer;
DROP TRIGGER batch_guard ON payments_paymentbatch;
DROP TRIGGER ledger_agrees_with_payment ON budget_ledgerentry;
DROP TRIGGER payment_agrees_with_ledger ON payments_payment;
DROP TRIGGER payment_guard ON payments_payment;
DROP FUNCTION payments_guard_answer(), payments_guard_batch(), payments_check_ledger(), payments_guard_payment();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0002_kinds_and_promises"),
        ("budget", "0003_turns"),
        ("reviews", "0004_guards"),
        ("applications", "0005_guards"),
    ]
    operations = [migrations.RunSQL(PAYMENT + LEDGER + BATCH + ANSWER, UNDO)]
