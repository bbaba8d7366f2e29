"""The round of application that a version of an item is open for (ADR 25); none in what was published before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_ceilings_without_gap")]
    operations = [
        migrations.AddField(
            "catalogueitem",
            "opens",
            models.DateField(
                "开始日期", null=True, help_text="first day of application; null: since published"
            ),
        ),
        migrations.AddField(
            "catalogueitem",
            "round",
            models.CharField(
                "申报批次",
                max_length=7,
                default="",
                help_text="what an enterprise has one application for; empty: the item, for ever",
            ),
        ),
        migrations.AddField(
            "catalogueitem",
            "round_name",
            models.CharField("批次名称", max_length=20, default="", help_text="2023年第一批"),
        ),
    ]
