from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_hidden_removed"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="renewed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="post",
            name="silent_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
