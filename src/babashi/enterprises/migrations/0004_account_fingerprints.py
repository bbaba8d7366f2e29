"""A keyed fingerprint of each account number, so that the same number given by two enterprises is noticed."""

import logging

from django.db import migrations, models

log = logging.getLogger(__name__)


def fill(apps, schema_editor):
    """Numbers that were registered before; one that cannot be opened stays without a fingerprint."""
    from babashi.files.cipher import Unsealable, fingerprint, unseal

    accounts = apps.get_model("enterprises", "BankAccount").objects.filter(number_digest="")
    for account in accounts.select_related("enterprise").iterator():
        try:
            number = unseal(bytes(account.number_sealed), f"bank-account:{account.enterprise.uscc}")
        except Unsealable:
            log.warning("bank account %s cannot be opened and gets no fingerprint", account.pk)
            continue
        account.number_digest = fingerprint(number, "bank-account")
        account.save(update_fields=["number_digest"])


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0003_rows_are_never_edited")]
    operations = [
        migrations.AddField(
            model_name="bankaccount",
            name="number_digest",
            field=models.CharField(blank=True, default="", max_length=64, verbose_name="账号指纹"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(fields=["number_digest"], name="bank_account_number"),
        ),
    ]
