"""The annual report of each measure."""

from reporting.models.reports import AnnualReport, ReportLine, SignRating

__all__ = ["AnnualReport", "ReportLine", "SignRating"]
