from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_what_was_there_before'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by__isnull', True), ('confirmed_at__isnull', False), _connector='OR'), name='accounts_role_confirmed'),
        ),
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', False), ('office__isnull', False), _connector='OR'), name='accounts_role_who_confirms', violation_error_message='A role that waits to be confirmed must say which office confirms it.'),
        ),
    ]
