"""The pages of `forums`."""

from django.urls import URLPattern, URLResolver

from forums.views import forums, keeping, seats, terms

app_name = "forums"
urlpatterns: list[URLPattern | URLResolver] = [
    *forums.urlpatterns,
    *keeping.urlpatterns,
    *seats.urlpatterns,
    *terms.urlpatterns,
]
