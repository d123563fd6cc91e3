"""People, offices, organisations and networks, each with its anchor."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from core.collation import fold, sort_key
from core.enums import AnchorKind
from core.identifiers import synthetic_orgnr
from core.models import Anchor, Office
from networks.models import Network, Organisation


class UserFactory(DjangoModelFactory[User]):
    """Someone who holds nothing."""

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person.{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")
    is_demo = True

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class AnchorFactory(DjangoModelFactory[Anchor]):
    class Meta:
        model = Anchor

    kind = AnchorKind.ORGANISATION
    name = factory.Sequence(lambda number: f"Anker {number}")


class OfficeFactory(DjangoModelFactory[Office]):
    class Meta:
        model = Office

    anchor = factory.SubFactory(AnchorFactory, kind=AnchorKind.OFFICE)
    slug = factory.Sequence(lambda number: f"kontor-{number}")
    orgnr = factory.Sequence(lambda number: synthetic_orgnr(60_000 + number))
    default_form = "nb"
    is_demo = True


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    anchor = factory.SubFactory(AnchorFactory)
    kind = "municipality"
    orgnr = factory.Sequence(lambda number: synthetic_orgnr(70_000 + number))
    is_synthetic = True
    sort_key = factory.LazyAttribute(lambda one: sort_key(one.anchor.name))
    fold = factory.LazyAttribute(lambda one: fold(one.anchor.name))


class NetworkFactory(DjangoModelFactory[Network]):
    class Meta:
        model = Network

    office = factory.SubFactory(OfficeFactory)
    anchor = factory.LazyAttribute(
        lambda one: Anchor.objects.create(kind=AnchorKind.NETWORK, name=f"Nettverk {one.code}", office=one.office)
    )
    code = factory.Sequence(lambda number: f"n{number}")
    kind = "geographic"
    sort_key = factory.LazyAttribute(lambda one: sort_key(one.anchor.name))
