from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0013_skeletons"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("full_at", models.FloatField()),
            ],
            options={"indexes": [models.Index(fields=["full_at"], name="groupchat_whole_again")]},
        ),
        migrations.CreateModel(
            name="PeriodicJob",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="roomname",
            name="by_guest_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(condition=models.Q(("last_number", 0)), fields=["created_at"], name="groupchat_empty"),
        ),
    ]
