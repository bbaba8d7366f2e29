"""Posts and accounts begin by the one clock, like everything else."""

from django.db import migrations, models

import babashi.workdays.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="post",
            name="since",
            field=models.DateTimeField(default=babashi.workdays.clock.now, verbose_name="起始"),
        ),
        migrations.AlterField(
            model_name="user",
            name="date_joined",
            field=models.DateTimeField(default=babashi.workdays.clock.now, verbose_name="建立时间"),
        ),
    ]
