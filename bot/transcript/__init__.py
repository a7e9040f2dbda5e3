"""Plays a written conversation against the real program and finds the first difference."""
