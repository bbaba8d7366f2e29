"""What a register row says is fixed for ever: matches rest on row numbers alone. It may be retired, once."""

from django.db import migrations

_GUARD = """
CREATE OR REPLACE FUNCTION babashi_row_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % is never edited or deleted: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER row_is_fixed BEFORE UPDATE ON enterprises_registerrow FOR EACH ROW
    WHEN (OLD.retired_at IS NOT NULL
          OR (OLD.id, OLD.enterprise_id, OLD."table", OLD.key, OLD.origin, OLD."values", OLD.as_of)
             IS DISTINCT FROM
             (NEW.id, NEW.enterprise_id, NEW."table", NEW.key, NEW.origin, NEW."values", NEW.as_of))
    EXECUTE FUNCTION babashi_row_is_fixed();
CREATE TRIGGER row_is_kept BEFORE DELETE ON enterprises_registerrow FOR EACH ROW
    EXECUTE FUNCTION babashi_row_is_fixed();
"""
_UNGUARD = """
DROP TRIGGER IF EXISTS row_is_kept ON enterprises_registerrow;
DROP TRIGGER IF EXISTS row_is_fixed ON enterprises_registerrow;
"""


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_claim_codes_and_staged_imports")]
    operations = [migrations.RunSQL(_GUARD, _UNGUARD)]
