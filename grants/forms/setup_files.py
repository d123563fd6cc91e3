"""The form that takes another office's set-up in: first the file, then which parts of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Actor
from core.models import Office
from core.requirements import StepRefused
from grants import setup_file
from grants.selectors.setup_file import Arrival, Part, arrival
from grants.services.setup_files import bring_in
from grants.setup_file import SetupFileFault


class SetupFileForm(forms.Form):
    """``text`` carries the file from the first page to the second; ``parts`` are ticked on the second."""

    file = forms.FileField(
        label=gettext_lazy("Set-up file"),
        required=False,
        help_text=gettext_lazy("A file that ends with .toml, downloaded from this page in another office."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste what is in it"),
        required=False,
        strip=False,
        max_length=setup_file.LARGEST,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("What do you want to bring in?"),
        required=False,
        choices=[(part.value, part.value) for part in Part],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, files: Any = None, *, office: Office) -> None:
        self.office = office
        self.coming: Arrival | None = None
        super().__init__(data, files)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        text = self._text(values)
        if text is None:
            return values
        try:
            self.coming = arrival(self.office, setup_file.read(text))
        except SetupFileFault as fault:
            for sentence in fault.faults[:20]:
                self.add_error("file" if values.get("file") else "text", sentence)
            return values
        self._offer(text)
        return values

    def _text(self, values: dict[str, Any]) -> str | None:
        """What the file says, or what was pasted; None with the sentence where there is nothing to read."""
        upload = values.get("file")
        if upload is None:
            if not values.get("text", "").strip() and not self.errors:
                self.add_error("file", _("Choose a file, or paste what is in it."))
            return values.get("text") or None
        if upload.size > setup_file.LARGEST:
            self.add_error("file", _("The file is too large to be a set-up."))
            return None
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("This is no text file. Choose the file that ends with .toml."))
            return None

    def _offer(self, text: str) -> None:
        """The second page: the file carried along, and the parts that would do something, ticked.

        Another county's networks aren't: its municipalities are others.
        """
        if self.coming is None:
            return
        lines = [(part, words) for part, words, something in self.coming.lines() if something]
        self.fields["parts"].choices = [(part.value, words) for part, words in lines]  # type: ignore[attr-defined]
        ticked = [part.value for part, _words in lines if part != Part.NETWORKS or self.coming.same_county]
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["text"] = text
        if "bring_in" not in data:
            data.setlist("parts", ticked)
        self.data = data

    def bring_in(self, *, by: Actor) -> bool:
        """Bring in what is ticked, on the second page; False on the first, and with the sentence when refused."""
        if self.coming is None or "bring_in" not in self.data:
            return False
        try:
            bring_in(office=self.office, setup=self.coming.setup, parts=self.cleaned_data["parts"], by=by)
        except StepRefused as refused:
            for obstacle in refused.obstacles:
                self.add_error("parts" if obstacle.code == "nothing_chosen" else None, str(obstacle.text))
            return False
        return True
