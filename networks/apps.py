"""Organisations, units, networks, memberships and partnerships."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    """Who works together with whom."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "networks"
