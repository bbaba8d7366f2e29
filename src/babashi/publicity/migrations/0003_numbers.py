"""A number sequence for public notices that never repeats."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publicity", "0002_desk")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE publicity_notice_number", "DROP SEQUENCE publicity_notice_number")
    ]
