"""The forms of a forum: what it is, its end, and seats from a template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actor import Actor
from core.dates import interface_form
from core.forms import LineField, NorwegianDateField
from core.models import Office
from core.requirements import StepRefused
from forums.forms.refusals import show
from forums.models import Forum
from forums.seat_templates import GroupPlan, SeatTemplate, template_with, templates
from forums.selectors.matching import regions_of
from forums.services.forums import change_forum, end_forum, register_forum
from forums.services.seats import use_template
from networks.enums import Sector
from networks.models import Network


class ForumForm(forms.Form):
    """A forum's name, code and reach; for a new one also which seats it begins with."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = LineField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("For example «Samarbeidsforum for barnehage»."),
        error_messages={"required": gettext_lazy("Write what the forum is called.")},
    )
    code = LineField(
        label=gettext_lazy("Short name"),
        max_length=20,
        help_text=gettext_lazy("A few letters, for lists and spreadsheets. For example «bhg»."),
        error_messages={"required": gettext_lazy("Write a short name, for example «bhg».")},
    )
    sectors = forms.ChoiceField(
        label=gettext_lazy("What does the forum handle?"),
        choices=[
            (Sector.BOTH, gettext_lazy("Kindergarten and school")),
            (Sector.KINDERGARTEN, gettext_lazy("Kindergarten")),
            (Sector.SCHOOL, gettext_lazy("School")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the forum handles.")},
    )
    upper_secondary = forms.BooleanField(
        label=gettext_lazy("The forum is for upper secondary school"),
        required=False,
        help_text=gettext_lazy("Then it takes part only in rounds whose rules cover upper secondary school."),
    )
    networks = forms.MultipleChoiceField(
        label=gettext_lazy("Which networks does the forum handle?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none if it handles all of them."),
    )

    def __init__(self, data: Any = None, *, office: Office, forum: Forum | None = None) -> None:
        self.office, self.forum = office, forum
        super().__init__(data, initial=self._first_values())
        covered = [int(pk) for pk in self.initial.get("networks", [])]
        live = Network.objects.filter(office=office, ended_on__isnull=True)
        known = (live | Network.objects.filter(office=office, pk__in=covered)).select_related("anchor")
        self.known = {str(one.pk): one for one in known.order_by("sort_key", "pk")}
        names = [(pk, one.anchor.name) for pk, one in self.known.items()]
        self.fields["networks"].choices = names  # type: ignore[attr-defined]
        if not self.known:
            del self.fields["networks"]
        if forum is None:
            self._offer_templates()

    def _offer_templates(self) -> None:
        form = interface_form()
        choices = [(one.code, one.name.in_form(form)) for one in templates()]
        self.fields["template"] = forms.ChoiceField(
            label=_("Which seats does it begin with?"),
            choices=[*choices, ("none", _("None yet"))],
            widget=forms.RadioSelect,
            initial=choices[0][0],
            help_text=_("You can change the seats afterwards."),
            error_messages={"required": _("Choose which seats the forum begins with.")},
        )

    def _first_values(self) -> dict[str, Any]:
        forum = self.forum
        if forum is None:
            return {"sectors": Sector.BOTH}
        covered = forum.covered_networks.values_list("network_id", flat=True)
        return {
            "version": forum.version,
            "name": forum.anchor.name,
            "code": forum.code,
            "sectors": forum.sectors,
            "upper_secondary": forum.upper_secondary,
            "networks": [str(pk) for pk in covered],
        }

    def _chosen(self) -> list[Network]:
        return [self.known[pk] for pk in self.cleaned_data.get("networks", [])]

    def make(self, *, by: Actor) -> Forum | None:
        """Make the forum with its seats; None with the sentence at its field when it is refused."""
        words = self.cleaned_data
        template = template_with(words["template"])
        try:
            with transaction.atomic():
                made = register_forum(
                    office=self.office,
                    code=words["code"],
                    name=words["name"],
                    sectors=words["sectors"],
                    upper_secondary=words["upper_secondary"],
                    networks=self._chosen(),
                    by=by,
                )
                if template is not None:
                    groups = [one for one in template.groups if one.required]
                    use_template(forum=made, groups=groups, regions=regions_of(self.office, made), by=by)
        except StepRefused as refused:
            show(self, refused)
            return None
        return made

    def save(self, *, by: Actor) -> bool:
        """Save the changes; False with the sentence when it is refused. Raises StaleVersion."""
        if self.forum is None:
            raise ValueError("there is no forum to save")
        words = self.cleaned_data
        try:
            change_forum(
                forum=self.forum,
                name=words["name"],
                code=words["code"],
                sectors=words["sectors"],
                upper_secondary=words["upper_secondary"],
                networks=self._chosen(),
                by=by,
                seen_version=words["version"],
            )
        except StepRefused as refused:
            show(self, refused)
            return False
        return True


class EndForm(forms.Form):
    """The forum's last day."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    last_day = NorwegianDateField(
        label=gettext_lazy("The forum's last day"),
        help_text=gettext_lazy("Everyone's term ends this day at the latest. What the forum has done stays."),
    )

    def __init__(self, data: Any = None, *, forum: Forum) -> None:
        self.forum = forum
        day = forum.ended_on or clock.today()
        super().__init__(data, initial={"version": forum.version, "last_day": day})

    def save(self, *, by: Actor) -> bool:
        """End the forum; False with the sentences when it is refused. Raises StaleVersion."""
        words = self.cleaned_data
        try:
            end_forum(forum=self.forum, last_day=words["last_day"], by=by, seen_version=words["version"])
        except StepRefused as refused:
            show(self, refused)
            return False
        return True


class TemplateForm(forms.Form):
    """Which of a template's groups the forum is to have; those that must sit are ticked."""

    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Who is to sit in the forum?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one group.")},
    )

    def __init__(self, data: Any = None, *, forum: Forum, template: SeatTemplate) -> None:
        self.forum = forum
        there = set(forum.seat_groups.values_list("code", flat=True))
        self.plans: dict[str, GroupPlan] = {one.code: one for one in template.groups if one.code not in there}
        self.there = [one.name.in_form(interface_form()) for one in template.groups if one.code in there]
        super().__init__(data, initial={"groups": [one.code for one in self.plans.values() if one.required]})
        self.fields["groups"].choices = [  # type: ignore[attr-defined]
            (one.code, self._in_words(one)) for one in self.plans.values()
        ]

    @staticmethod
    def _in_words(plan: GroupPlan) -> str:
        words = {"name": plan.name.in_form(interface_form()), "least": plan.least, "most": plan.most}
        if plan.per_region and plan.least == plan.most:
            return _("%(name)s (%(least)s in each region)") % words
        if plan.per_region:
            return _("%(name)s (%(least)s to %(most)s in each region)") % words
        if plan.least == plan.most:
            return _("%(name)s (%(least)s)") % words
        return _("%(name)s (%(least)s to %(most)s)") % words

    def save(self, *, by: Actor) -> int:
        """Make the groups; returns how many."""
        groups = [self.plans[code] for code in self.cleaned_data["groups"]]
        regions = regions_of(self.forum.office, self.forum)
        return len(use_template(forum=self.forum, groups=groups, regions=regions, by=by))
