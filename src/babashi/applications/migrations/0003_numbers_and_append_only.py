"""A number sequence that never repeats, and events that nobody can change or delete."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE applications_number;
CREATE FUNCTION applications_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'applications_applicationevent is append-only';
END $$;
CREATE TRIGGER applications_event_append_only BEFORE UPDATE OR DELETE ON applications_applicationevent
    FOR EACH ROW EXECUTE FUNCTION applications_event_append_only();
"""
BACKWARD = """
DROP TRIGGER applications_event_append_only ON applications_applicationevent;
DROP FUNCTION applications_event_append_only();
DROP SEQUENCE applications_number;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_desk")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
