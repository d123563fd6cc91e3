"""The pages of `forums`."""

from django.urls import URLPattern, URLResolver

from forums.views import forums

app_name = "forums"
urlpatterns: list[URLPattern | URLResolver] = [*forums.urlpatterns]
