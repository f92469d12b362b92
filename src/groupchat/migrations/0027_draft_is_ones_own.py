from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0026_threads"),
    ]

    operations = [
        migrations.AlterField(
            "membership", "draft", models.TextField(blank=True, db_default="", default="", editable=False)
        ),
    ]
