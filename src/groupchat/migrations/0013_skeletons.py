from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows from before, and those of an older version that runs beside, are filled by the server, some at a time."""

    dependencies = [
        ("groupchat", "0012_merged_into"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="name_skeleton",
            field=models.CharField(db_default="", default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="person",
            name="handle_skeleton",
            field=models.CharField(db_default="", default="", editable=False, max_length=200),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name_skeleton", "kind"], name="groupchat_name_skeleton"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["handle_skeleton", "kind"], name="groupchat_handle_skeleton"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(condition=models.Q(("name_skeleton", "")), fields=["id"], name="groupchat_no_skeleton"),
        ),
    ]
