"""The pages of `networks`."""

from django.urls import URLPattern, URLResolver

from networks.views import accounts, networks, ties

app_name = "networks"
urlpatterns: list[URLPattern | URLResolver] = [*networks.urlpatterns, *ties.urlpatterns, *accounts.urlpatterns]
