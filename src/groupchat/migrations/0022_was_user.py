from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("groupchat", "0021_html")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="was_user",
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("was_user__isnull", False)), fields=["was_user"], name="groupchat_was_user"
            ),
        ),
    ]
