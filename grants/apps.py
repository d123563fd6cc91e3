"""The grant year, from announcement to letter."""

from importlib import import_module

from django.apps import AppConfig


class GrantsConfig(AppConfig):
    """Rounds, needs, measures, proposals, recommendations, decisions and letters."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "grants"

    def ready(self) -> None:
        """Fill the registries of the lower apps."""
        import_module("grants.audit")
        import_module("grants.rules")
        import_module("grants.tasks")
        import_module("grants.duties").register()
        import_module("grants.forum_rules").register()
        import_module("grants.forms.opening_import").register()
        import_module("grants.health").register()
        import_module("grants.menu").register()
        import_module("grants.questions").register()
        import_module("grants.registers").register()
        import_module("grants.selectors.own_pages").register_own()
        mine = import_module("grants.services.handing_over")
        import_module("accounts.handover").register(mine.SignedPart())
