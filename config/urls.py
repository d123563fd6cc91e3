"""All addresses. Fixed words come before the addresses that begin with an office's short name (`/<kontor>/…`)."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("networks.urls")),
    path("", include("forums.urls")),
    path("", include("grants.urls")),
    path("", include("reporting.urls")),
]
