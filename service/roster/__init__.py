"""Roster spreadsheets and photo folders: read, report, template."""
