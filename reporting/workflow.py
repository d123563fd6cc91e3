"""The life of an annual report."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.workflow import Machine, State, Step
from reporting import requirements as need

REPORT = Machine(
    name="report",
    initial="open",
    states=(
        State("open", _("Not sent"), _("Being written"), shape="going"),
        State("to_confirm", _("Waits for the parties"), _("To be confirmed"), shape="wait"),
        State("confirmed", _("To be approved"), _("Confirmed by all"), shape="ready"),
        State("returned", _("Returned for changes"), _("Must be corrected"), shape="warn"),
        State("approved", _("Approved"), shape="done"),
    ),
    final=frozenset({"approved"}),
    steps=(
        Step(
            "send",
            ("open", "returned"),
            "to_confirm",
            _("Send to the parties for confirmation"),
            "reporting.send_report",
            guards=(need.report_complete, need.report_sums_explained),
        ),
        Step(
            "reopen",
            ("to_confirm", "confirmed"),
            "open",
            _("Open for changes"),
            "reporting.reopen_report",
            primary=False,
        ),
        Step(
            "all_confirmed",
            ("to_confirm",),
            "confirmed",
            _("All parties have confirmed"),
            "reporting.count_confirmations",
            guards=(need.report_confirmed_by_all,),
            primary=False,
        ),
        Step(
            "return",
            ("confirmed",),
            "returned",
            _("Send back for changes"),
            "reporting.approve_report",
            needs_comment=True,
            primary=False,
        ),
        Step(
            "approve",
            ("confirmed",),
            "approved",
            _("Approve the report"),
            "reporting.approve_report",
            guards=(need.report_complete, need.report_sums_explained, need.report_confirmed_by_all),
        ),
    ),
)

MACHINES = (REPORT,)
