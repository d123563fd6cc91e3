"""Dull rows for the few tests that need one without a world around it."""

from tests.factories.people import NetworkFactory, OfficeFactory, OrganisationFactory, UserFactory

__all__ = ["NetworkFactory", "OfficeFactory", "OrganisationFactory", "UserFactory"]
