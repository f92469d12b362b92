from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0027_older_answers"),
    ]

    operations = [
        migrations.AlterField(
            "membership", "draft", models.TextField(blank=True, db_default="", default="", editable=False)
        ),
    ]
