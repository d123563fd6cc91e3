"""The pages of `grants`: each noun has its own list beside its views."""

from django.urls import URLPattern, URLResolver

from grants.views import (
    assessment,
    decisions,
    letters,
    measures,
    needs,
    openings,
    participation,
    recommendations,
    rounds,
    setup,
    workbench,
)

app_name = "grants"
urlpatterns: list[URLPattern | URLResolver] = [
    *rounds.urlpatterns,
    *setup.urlpatterns,
    *participation.urlpatterns,
    *openings.urlpatterns,
    *needs.urlpatterns,
    *measures.urlpatterns,
    *assessment.urlpatterns,
    *workbench.urlpatterns,
    *recommendations.urlpatterns,
    *decisions.urlpatterns,
    *letters.urlpatterns,
]
