"""Collaboration forums, seats, appointments, meetings and ballots."""

from django.apps import AppConfig


class ForumsConfig(AppConfig):
    """Who concludes, and how."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "forums"
