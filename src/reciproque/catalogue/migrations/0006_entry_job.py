from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_learning_community")]

    operations = [
        migrations.AddField(model_name="entry", name="job", field=models.BooleanField(default=False)),
    ]
