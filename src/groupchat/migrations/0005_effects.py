from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0004_access"),
    ]

    operations = [
        migrations.CreateModel(
            name="Effect",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="handler")),
                ("event", models.CharField(max_length=40, verbose_name="event")),
                ("payload", models.TextField()),
                ("key", models.CharField(blank=True, max_length=80, verbose_name="order")),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("last_error", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "effect",
                "verbose_name_plural": "effects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("failed_at__isnull", True)),
                        fields=["due_at", "id"],
                        name="groupchat_effect_due",
                    ),
                    models.Index(
                        condition=models.Q(("failed_at__isnull", True)),
                        fields=["kind", "key", "id"],
                        name="groupchat_effect_order",
                    ),
                    models.Index(
                        condition=models.Q(("failed_at__isnull", False)),
                        fields=["failed_at"],
                        name="groupchat_effect_failed",
                    ),
                ],
            },
        ),
    ]
