"""Casework: what may be done to a case, by whom, and what follows. Nothing else writes a case."""
