"""When the applicant last changed a draft: for the reminder of one that lies untouched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0003_numbers_and_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="saved_at",
            field=models.DateTimeField(
                help_text="when the applicant last changed it", null=True, verbose_name="最近保存时间"
            ),
        ),
    ]
