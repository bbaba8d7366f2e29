"""Facts and basis are frozen once, matches point to them.

Matches that are there keep their own proof and their place in history. Nobody counts as up to date any more, so
the next pass (the periodic one at the latest) matches everybody again and supersedes them.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from babashi.audit.migrations_support import append_only

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("enterprises", "0003_rows_are_never_edited"),
        ("matching", "0002_matchbasis_match_fingerprint"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleBasis",
            fields=[
                ("id", ID),
                ("digest", models.CharField(max_length=32, unique=True, verbose_name="摘要")),
                (
                    "packs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        help_text="digests of the pack versions in force",
                        size=None,
                    ),
                ),
                (
                    "closed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        help_text="items past their last day",
                        size=None,
                    ),
                ),
                (
                    "parameters",
                    models.JSONField(
                        help_text="official tables: name, key columns joined by |, value",
                        verbose_name="参数表",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="形成时间")),
            ],
        ),
        migrations.CreateModel(
            name="FactsSnapshot",
            fields=[
                ("id", ID),
                (
                    "rows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        help_text="register rows in force, ascending",
                        size=None,
                    ),
                ),
                (
                    "known_tables",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        help_text="child tables handed in",
                        size=None,
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="形成时间")),
                (
                    "enterprise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="enterprises.enterprise",
                    ),
                ),
            ],
        ),
        migrations.DeleteModel("MatchBasis"),
        migrations.CreateModel(
            name="MatchBasis",
            fields=[
                (
                    "enterprise",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="match_basis",
                        serialize=False,
                        to="enterprises.enterprise",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="企业变更时间")),
                (
                    "basis",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="matching.rulebasis",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="matching.factssnapshot",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "matchrun",
            "basis",
            models.ForeignKey(
                db_index=False,
                help_text="null: before facts were frozen once",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="matching.rulebasis",
            ),
        ),
        migrations.AddField(
            "matchrun", "total", models.PositiveIntegerField(default=0, verbose_name="应匹配")
        ),
        migrations.RemoveField("match", "fingerprint"),
        migrations.AddField(
            "match",
            "says",
            models.BigIntegerField(
                default=0,
                help_text="digest of rule, verdict, amounts, missing; equal = no new row",
                verbose_name="指纹",
            ),
        ),
        migrations.AddField(
            "match",
            "snapshot",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matches",
                to="matching.factssnapshot",
            ),
        ),
        migrations.AlterField("match", "facts_used", models.JSONField(null=True, verbose_name="所用指标")),
        migrations.AlterField("match", "trace", models.JSONField(null=True, verbose_name="判断过程")),
        migrations.AlterField(
            "match",
            "failed",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), null=True, size=None
            ),
        ),
        migrations.AlterField(
            "match",
            "item",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matches",
                to="catalogue.catalogueitem",
            ),
        ),
        migrations.AddConstraint(
            "match",
            models.CheckConstraint(
                condition=models.Q(("snapshot__isnull", False), ("trace__isnull", False), _connector="OR"),
                name="match_has_its_proof",
            ),
        ),
        append_only("matching_factssnapshot"),
        append_only("matching_rulebasis"),
    ]
