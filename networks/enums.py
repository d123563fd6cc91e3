"""Kinds of organisation, network and unit."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """Decides who can own, provide, receive (FOR-2026-01-12-23 § 3, FOR-2021-01-26-230 pkt 3.1)."""

    MUNICIPALITY = "municipality", _("municipality")
    COUNTY_COUNCIL = "county_council", _("county council")
    PRIVATE_OWNER = "private_owner", _("private owner")
    PRIVATE_KINDERGARTEN = "private_kindergarten", _("private kindergarten")
    PRIVATE_SCHOOL = "private_school", _("private school")
    UNIVERSITY = "university", _("university or university college")
    VOCATIONAL_COLLEGE = "fagskole", _("vocational college")
    OTHER_PROVIDER = "other_provider", _("other competence environment")
    COORDINATOR = "coordinator", _("coordinating body")
    INTEREST_ORGANISATION = "interest", _("employee or employer organisation")


OWNER_KINDS = frozenset(
    {
        OrganisationKind.MUNICIPALITY,
        OrganisationKind.COUNTY_COUNCIL,
        OrganisationKind.PRIVATE_OWNER,
        OrganisationKind.PRIVATE_KINDERGARTEN,
        OrganisationKind.PRIVATE_SCHOOL,
    }
)
PROVIDER_KINDS = frozenset(
    {OrganisationKind.UNIVERSITY, OrganisationKind.VOCATIONAL_COLLEGE, OrganisationKind.OTHER_PROVIDER}
)
PAYABLE_KINDS = OWNER_KINDS | PROVIDER_KINDS
"""Those that can get money at all; a coordinating body owns nothing, and an interest organisation neither."""


class Sector(models.TextChoices):
    """Which sector money or a membership concerns (data-model.md, MoneyKey)."""

    KINDERGARTEN = "kindergarten", _("kindergarten")
    SCHOOL = "school", _("school")
    BOTH = "both", _("kindergarten and school")


class NetworkKind(models.TextChoices):
    """How a network came about."""

    GEOGRAPHIC = "geographic", _("geographic")
    SUB_NETWORK = "sub_network", _("sub-network")
    PRIVATE_SCHOOLS = "private_schools", _("independent schools")
    UPPER_SECONDARY = "upper_secondary", _("upper secondary")
    THEMATIC = "thematic", _("thematic")


class FormDecision(models.TextChoices):
    """What an organisation has decided or asked for; neutral leaves it to the office (språklova § 15)."""

    BOKMAL = "nb", _("bokmål")
    NYNORSK = "nn", _("nynorsk")
    NEUTRAL = "neutral", _("neutral")


class FormSource(models.TextChoices):
    """Where a written form was learnt."""

    REGULATION = "regulation", _("the municipality's own decision (FOR-2019-12-20-2114)")
    OWN_CHOICE = "own_choice", _("the organisation has asked for it")
    REGISTER = "register", _("a public register")
