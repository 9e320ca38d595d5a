"""Notices to others of changes: who is told, what is on its way, and what comes with the days."""
