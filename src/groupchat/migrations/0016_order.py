import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0015_ways"),
    ]

    operations = [
        migrations.AddField("room", "slow_mode", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("room", "locked", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("room", "raid_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("serverstate", "raid_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("membership", "last_post_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField(
            model_name="person",
            name="order_seq",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("behind", models.PositiveBigIntegerField()),
                ("deleted", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="groupchat.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="groupchat.person",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="groupchat.room",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["by", "-id"], name="groupchat_my_purges"),
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["room", "person"], name="groupchat_purges"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField()),
                ("body", models.TextField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("spam", "advertising or spam"),
                            ("abuse", "insult or harassment"),
                            ("danger", "danger for somebody"),
                            ("other", "something else"),
                        ],
                        default="other",
                        max_length=6,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("acted", "something was done"), ("dismissed", "nothing to be done")],
                        default="",
                        max_length=9,
                    ),
                ),
                ("answer", models.CharField(blank=True, default="", max_length=300)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="groupchat.person"
                    ),
                ),
                (
                    "claimed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="groupchat.person",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="groupchat.person",
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="groupchat.person",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="groupchat.room",
                    ),
                ),
            ],
            options={
                "verbose_name": "report",
                "verbose_name_plural": "reports",
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved_at", None)), fields=["room", "id"], name="groupchat_reports"
                    ),
                    models.Index(fields=["reporter", "-id"], name="groupchat_my_reports"),
                    models.Index(
                        condition=models.Q(("resolved_at", None), _negated=True),
                        fields=["resolved_at"],
                        name="groupchat_resolved",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at", None)),
                        fields=("room", "number", "reporter"),
                        name="groupchat_one_report",
                    )
                ],
            },
        ),
    ]
