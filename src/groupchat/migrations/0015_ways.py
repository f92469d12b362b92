import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0014_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InviteLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("moderator", "moderator"),
                            ("member", "member"),
                            ("reader", "reader"),
                        ],
                        default="member",
                        max_length=9,
                    ),
                ),
                ("uses", models.PositiveIntegerField(default=0, editable=False)),
                ("most_uses", models.PositiveIntegerField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "invite link",
                "verbose_name_plural": "invite links",
            },
        ),
        migrations.AddField(
            model_name="person",
            name="only_room",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="room",
            name="guests",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="serverstate",
            name="access",
            field=models.CharField(blank=True, db_default="", default="", max_length=7),
        ),
        migrations.AddField(
            model_name="serverstate",
            name="strangers_see_rooms",
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("only_room__isnull", False)), fields=["id"], name="groupchat_only_room"
            ),
        ),
        migrations.AddField(
            model_name="invitelink",
            name="maker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="groupchat.person"
            ),
        ),
        migrations.AddField(
            model_name="invitelink",
            name="room",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invite_links",
                to="groupchat.room",
            ),
        ),
        migrations.AddIndex(
            model_name="invitelink",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["room", "id"], name="groupchat_links"),
        ),
        migrations.AddIndex(
            model_name="invitelink",
            index=models.Index(fields=["expires_at"], name="groupchat_links_expire"),
        ),
        migrations.AddIndex(
            model_name="invitelink",
            index=models.Index(fields=["ended_at"], name="groupchat_links_ended"),
        ),
    ]
