"""The pages of `accounts`. Those of signing in carry the names allauth asks for."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import (
    demo,
    home,
    installation,
    invitations,
    inviting,
    leaving,
    links,
    lists,
    people,
    profile,
    questions,
    sign_in,
)

pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("demo/", demo.demo, name="demo"),
    path("demo/epost/", demo.demo_mail, name="demo_mail"),
    path("lenke/<str:token>/", links.link, name="link"),
    path("invitasjon/<str:token>/", invitations.invitation, name="invitation"),
    path("profil/", profile.profile, name="profile"),
    path("varsel/", profile.notices, name="notices"),
    *questions.urlpatterns,
    *installation.urlpatterns,
    *inviting.urlpatterns,
    *people.urlpatterns,
    *leaving.urlpatterns,
    *lists.urlpatterns,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((pages, "accounts"))),
    path("logg-inn/", sign_in.ask_for_code, name="account_request_login_code"),
    path("logg-inn/", sign_in.ask_for_code, name="account_login"),
    path("logg-inn/kode/", sign_in.confirm_code, name="account_confirm_login_code"),
    path("logg-inn/stengt/", sign_in.closed, name="account_inactive"),
    path("logg-ut/", sign_in.sign_out, name="account_logout"),
]
