from typing import Any

from django.conf import settings
from django.db import migrations, models


def take_over(apps: Any, schema_editor: Any) -> None:
    """Those whose account was switched off or deleted before, and the guests who signed out."""
    person = apps.get_model("groupchat", "Person")
    off = models.Q(kind="user", user=None) | models.Q(signed_out_at__isnull=False)
    user = apps.get_model(settings.AUTH_USER_MODEL)
    if any(field.name == "is_active" and field.concrete for field in user._meta.get_fields()):
        off |= models.Q(user__is_active=False)
    ids = person.objects.filter(off).values_list("pk", flat=True)
    person.objects.filter(pk__in=list(ids)).update(account_active=False)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("groupchat", "0003_uncounted"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="account_active",
            # The database has the default, too: the version before this one makes people meanwhile.
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.AddField(
            model_name="token",
            name="last_used_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
