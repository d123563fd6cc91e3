"""The pages of `networks`."""

from django.urls import URLPattern, URLResolver

from networks.views import accounts, lookups, networks, organisations, ties, units

app_name = "networks"
urlpatterns: list[URLPattern | URLResolver] = [
    *networks.urlpatterns,
    *ties.urlpatterns,
    *organisations.urlpatterns,
    *units.urlpatterns,
    *lookups.urlpatterns,
    *accounts.urlpatterns,
]
