"""The pages of `core`."""

from django.urls import URLPattern, URLResolver, path

from core.views import health, imports, kept, language, stuck, texts, ui

app_name = "core"

urlpatterns: list[URLPattern | URLResolver] = [
    path("sprak/<slug:form>/", language.set_language, name="set_language"),
    *(path(address, view, name=view.__name__) for address, view in health.PROBES.items()),
    path("ui/", ui.ui, name="ui"),
    path("tatt-vare-pa/", kept.kept, name="kept"),
    path("tatt-vare-pa/<int:pk>/", kept.kept_form, name="kept_form"),
    path("<slug:office>/ikke-gjort/", stuck.try_jobs_again, name="try_jobs_again"),
    *imports.urlpatterns,
    path("hjelp/", texts.text, {"page": "help"}, name="help"),
    path("tilgjengelighet/", texts.text, {"page": "accessibility"}, name="accessibility"),
    path("personvern/", texts.text, {"page": "privacy"}, name="privacy"),
]
