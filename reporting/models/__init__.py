"""Annual reports."""

from reporting.models.reports import AnnualReport, Reading, ReportLine, SignRating

__all__ = ["AnnualReport", "Reading", "ReportLine", "SignRating"]
