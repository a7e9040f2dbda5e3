"""Measurements of what is promised with a number. They print tables; they are no tests."""
