"""In which written form the office writes to an organisation, and why (språklova §§ 11–15)."""

from __future__ import annotations

from datetime import date

from core.language import Choice, choose_form
from core.models import Office
from networks.enums import FormDecision, FormSource, OrganisationKind
from networks.models import Organisation

PUBLIC_OWNERS = frozenset({OrganisationKind.MUNICIPALITY, OrganisationKind.COUNTY_COUNCIL})
"""Those whose decision on a written form binds the office (språklova § 15 second paragraph)."""


def form_for(organisation: Organisation, office: Office, on: date) -> Choice:
    """The form of what is written to the organisation that day. Uses prefetched ``written_forms``."""
    known = {
        row.source: row.form
        for row in organisation.written_forms.all()
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
    }
    return choose_form(
        public_owner=organisation.kind in PUBLIC_OWNERS,
        decision=known.get(FormSource.REGULATION),
        own_choice=_chosen(known.get(FormSource.OWN_CHOICE)),
        register=_chosen(known.get(FormSource.REGISTER)),
        office_default=office.default_form,
    )


def _chosen(form: str | None) -> str | None:
    """Neutral is no wish."""
    return None if form == FormDecision.NEUTRAL else form
