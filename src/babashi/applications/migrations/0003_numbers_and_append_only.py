"""A number sequence that never repeats, and events that nobody can change or delete."""

from django.db import migrations

from babashi.audit.migrations_support import append_only


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_desk")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE applications_number", "DROP SEQUENCE applications_number"),
        append_only("applications_applicationevent"),
    ]
