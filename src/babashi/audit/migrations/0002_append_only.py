"""The log is append-only in the database itself."""

from django.db import migrations

from babashi.audit.migrations_support import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [append_only("audit_auditentry")]
