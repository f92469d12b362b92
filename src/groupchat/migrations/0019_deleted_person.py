from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0018_person_page"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="deleted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
