"""People, role assignments, invitations, sign-in and notices to a person."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who a person is and which roles they hold."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "accounts"
