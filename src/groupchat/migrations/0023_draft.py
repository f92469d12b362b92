from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0022_was_user"),
    ]

    operations = [
        migrations.AddField("membership", "draft", models.TextField(blank=True, db_default="", default="")),
    ]
