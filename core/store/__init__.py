"""Grades in SQLite: an append-only event log, and a projection of the current state written in the same transaction."""
