from django.db import migrations, models


class Migration(migrations.Migration):
    """An index of no rows, mostly: of the answers that a version before threads writes beside this one."""

    dependencies = [
        ("groupchat", "0026_threads"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="messagereply",
            index=models.Index(
                fields=["room", "to", "number"], name="groupchat_older_answers", condition=models.Q(root__isnull=True)
            ),
        ),
    ]
