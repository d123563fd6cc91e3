"""Backup and restore of everything an installation holds: the database, the stored files, and a list of both."""
