from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0002_person_signed_out_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="ahead",
            field=models.BooleanField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["room", "number"], name="groupchat_deleted"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("ahead__isnull", False)),
                fields=["room", "author", "number"],
                name="groupchat_ahead",
            ),
        ),
    ]
