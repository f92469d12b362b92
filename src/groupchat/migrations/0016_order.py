from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0014_limits"),
    ]

    operations = [
        migrations.AddField("room", "slow_mode", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("room", "locked", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("room", "raid_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("membership", "last_post_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
