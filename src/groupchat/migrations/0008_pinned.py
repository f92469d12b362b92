from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groupchat", "0007_kind_seqs"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="pinned",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
