"""Forms of annual reports."""
