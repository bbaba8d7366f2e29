"""Amounts in lists are written 最高20万元, without a gap; those of packs published before too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_catalogueitem_amount_catalogueitem_body_and_more")]
    operations = [
        migrations.AlterField(
            "catalogueitem",
            "amount",
            models.CharField("金额", max_length=80, default="", help_text="最高150万元, as a list shows it"),
        ),
        migrations.RunSQL(
            "UPDATE catalogue_catalogueitem SET amount = replace(amount, '最高 ', '最高') WHERE amount LIKE '最高 %'",
            migrations.RunSQL.noop,
        ),
    ]
