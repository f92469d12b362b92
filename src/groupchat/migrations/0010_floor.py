from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0009_rooms_of_every_kind"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="history",
            field=models.CharField(
                choices=[("all", "everything"), ("joined", "what is written after they came")],
                db_default="all",
                default="all",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="floor",
            field=models.PositiveBigIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
