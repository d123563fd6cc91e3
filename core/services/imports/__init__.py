"""The import engine: a table is read, matched, looked at, mended, applied and, for a day, undone."""
