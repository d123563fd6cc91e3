"""A person. The e-mail address is the only name one signs in with; there is no password."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.collation import fold, sort_key
from core.enums import WrittenForm
from core.models import Versioned


def keys_of(name: str, email: str) -> tuple[str, str]:
    """(sort key, folded text to search in) of a person or of somebody invited. Without a name, by the address."""
    return sort_key(name or email)[:250], fold(f"{name} {email}")[:450]


class UserManager(BaseUserManager["User"]):
    """Makes people; nobody gets a usable password."""

    def create_user(self, email: str, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_keys()
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Needed by Django's commands; a superuser is let past no rule of ours (core.authz)."""
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin, Versioned):
    """``form``: the written form the person wants on screen and in mail; empty until chosen.

    ``title_nb``/``title_nn`` are printed in letters. ``is_demo`` marks invented people. ``sort_key`` and ``search_key``
    follow name and address (:meth:`set_keys`). ``merged_into``: the same person was registered twice; this one is
    closed, keeps its history, and signing in with its address opens the other.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    phone = models.CharField(max_length=30, blank=True)
    title_nb = models.CharField(max_length=80, blank=True)
    title_nn = models.CharField(max_length=80, blank=True)
    form = models.CharField(max_length=2, choices=WrittenForm, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(null=True, blank=True)
    sort_key = models.CharField(max_length=250, blank=True, db_index=True)
    search_key = models.CharField(max_length=450, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email", violation_error_message="Someone already has this address."
            ),
            models.CheckConstraint(name="accounts_user_form", condition=Q(form__in=["", *WrittenForm.values])),
            models.CheckConstraint(
                name="accounts_user_merged_is_closed",
                condition=Q(merged_into__isnull=True) | (Q(is_active=False) & ~Q(merged_into=F("id"))),
                violation_error_message="A person that was merged into another is closed.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        """The first word of the name, for greetings."""
        return self.name.split(" ")[0]

    def set_keys(self) -> None:
        """What the person is sorted by and searched for; called by whoever sets name or address."""
        self.sort_key, self.search_key = keys_of(self.name, self.email)

    def title_in(self, form: str) -> str:
        return (self.title_nn if form == WrittenForm.NYNORSK else self.title_nb) or self.title_nb or self.title_nn
