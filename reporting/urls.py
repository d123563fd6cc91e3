"""The pages of `reporting`."""

from django.urls import URLPattern, URLResolver

from reporting.views import reports

app_name = "reporting"
urlpatterns: list[URLPattern | URLResolver] = [*reports.urlpatterns]
