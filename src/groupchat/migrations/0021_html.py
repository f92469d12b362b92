from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("groupchat", "0020_reactions")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="html",
            field=models.TextField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="rendered",
            field=models.BigIntegerField(editable=False, null=True),
        ),
    ]
