from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0024_agenda"),
    ]

    operations = [
        migrations.AddField("membership", "draft", models.TextField(blank=True, db_default="", default="")),
    ]
