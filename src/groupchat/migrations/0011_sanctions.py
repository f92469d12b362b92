import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0010_floor"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("act", models.CharField(max_length=40)),
                ("by_id", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(max_length=300)),
                ("room_id", models.BigIntegerField(null=True)),
                ("room_name", models.CharField(blank=True, default="", max_length=200)),
                ("person_id", models.BigIntegerField(null=True)),
                ("person_name", models.CharField(blank=True, default="", max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "entry of the audit log",
                "verbose_name_plural": "audit log",
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="banned_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="membership",
            name="silenced_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                condition=models.Q(("silenced_until__isnull", False)),
                fields=["room", "person"],
                name="groupchat_silenced",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["room_id", "-id"], name="groupchat_audit_room"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["person_id", "-id"], name="groupchat_audit_person"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["by_id", "-id"], name="groupchat_audit_by"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["act", "-id"], name="groupchat_audit_act"),
        ),
    ]
