"""People get what they are sorted by and searched for; roles given until now were given by the office, so they stand.

By itself, because PostgreSQL changes no table while keys of the same transaction wait to be checked.
"""

from django.db import migrations
from django.db.models import F

from accounts.models.users import keys_of

CHUNK = 500


def fill(apps, _schema_editor):
    for name in ("User", "Invitation"):
        model = apps.get_model("accounts", name)
        rows = []
        for row in model.objects.only("pk", "name", "email").iterator(chunk_size=CHUNK):
            row.sort_key, row.search_key = keys_of(row.name, row.email)
            rows.append(row)
        model.objects.bulk_update(rows, ["sort_key", "search_key"], batch_size=CHUNK)
    role = apps.get_model("accounts", "RoleAssignment")
    role.objects.update(confirmed_at=F("granted_at"))
    office = apps.get_model("core", "Office")
    for row in office.objects.all():
        role.objects.filter(anchor=row.anchor_id).update(office=row.pk)
        role.objects.filter(anchor__office=row.pk).update(office=row.pk)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_people_register'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
