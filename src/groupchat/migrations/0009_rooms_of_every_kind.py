from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0008_pinned"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="archived_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="people_key",
            field=models.CharField(blank=True, editable=False, max_length=630, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[("owner", "owner"), ("moderator", "moderator"), ("member", "member"), ("reader", "reader")],
                default="member",
                max_length=9,
            ),
        ),
        migrations.AlterField(
            model_name="room",
            name="kind",
            field=models.CharField(
                choices=[
                    ("public", "public"),
                    ("announcement", "announcements"),
                    ("private", "private"),
                    ("direct", "direct"),
                    ("group", "group"),
                ],
                default="public",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)), fields=["deleted_at"], name="groupchat_room_deleted"
            ),
        ),
    ]
