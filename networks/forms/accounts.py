"""The forms of «mottaker og konto»."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.forms import AccountField, EmailField, LineField, ProseField
from core.models import Office
from core.requirements import StepRefused
from networks.models import Account
from networks.selectors.accounts import AccountState
from networks.services.accounts import confirm_account, enter_account, reject_account
from networks.services.organisations import set_office_details


class DetailsForm(forms.Form):
    """Where mail and letters go."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    postal_address = ProseField(
        label=gettext_lazy("Postal address"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=gettext_lazy("Stands in the letter when it is sent on paper."),
    )
    notice_email = EmailField(
        label=gettext_lazy("E-mail for notices"),
        required=False,
        help_text=gettext_lazy("The organisation's own address. It is told here when a letter is ready."),
    )
    contact_name = LineField(label=gettext_lazy("Contact"), required=False, max_length=150)

    def save(self, state: AccountState, *, by: Actor, office: Office) -> bool:
        """Save what was typed. Raises StaleVersion."""
        set_office_details(
            office=office,
            organisation=state.organisation,
            by=by,
            notice_email=self.cleaned_data["notice_email"],
            postal_address=self.cleaned_data["postal_address"],
            contact_name=self.cleaned_data["contact_name"],
            seen_version=self.cleaned_data["version"],
        )
        return True


class EnterForm(forms.Form):
    """A new account number."""

    number = AccountField(
        label=gettext_lazy("Account number"),
        help_text=gettext_lazy("Eleven digits, as the organisation has given it in writing."),
    )

    def save(self, state: AccountState, *, by: Actor, office: Office) -> bool:
        """Enter the number; False with the sentence when it is refused."""
        try:
            enter_account(
                office=office,
                organisation=state.organisation,
                number=self.cleaned_data["number"],
                by=by,
            )
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                self.add_error("number", str(obstacle.text))
            return False
        return True


class ConfirmForm(forms.Form):
    """How a number was checked. ``account`` and ``tail`` say which number the person saw."""

    account = forms.IntegerField(widget=forms.HiddenInput)
    tail = forms.CharField(widget=forms.HiddenInput, max_length=4)
    note = LineField(
        label=gettext_lazy("How was the number checked?"),
        max_length=200,
        help_text=gettext_lazy(
            "Call or write to an address you know from before, not the one the number came from. "
            "For example: called the finance department on 3 May."
        ),
        error_messages={"required": gettext_lazy("Write how the number was checked.")},
    )

    def save(self, state: AccountState, *, by: Actor, office: Office, reject: bool) -> bool:
        """Confirm or reject the number; False with the sentence when it is refused."""
        account = Account.objects.filter(
            office=office, organisation=state.organisation, pk=self.cleaned_data["account"]
        ).first()
        if account is None:
            self.add_error(None, _("The account number has been changed or confirmed by someone else."))
            return False
        note = self.cleaned_data["note"]
        try:
            if reject:
                reject_account(account=account, by=by, note=note)
            else:
                confirm_account(account=account, by=by, note=note, seen_number_tail=self.cleaned_data["tail"])
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                self.add_error("note" if obstacle.code == "note_missing" else None, str(obstacle.text))
            return False
        return True
