"""Case numbers and opaque tokens: random, never serial."""

import secrets

# Crockford base 32: no I, L, O, U, so that a number can be read over a bad line.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("ILO", "110")
"""What people take these letters for."""


def new_case_number() -> str:
    """A case number such as ``KB-7F3K-92QM`` (40 random bits)."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"KB-{drawn[:4]}-{drawn[4:]}"


def read_case_number(text: str) -> str | None:
    """The case number a person meant, forgiving case, spaces, dashes and misread letters."""
    bare = "".join(sign for sign in text.upper() if sign.isalnum())
    if not bare.startswith("KB"):
        return None
    bare = bare[2:].translate(MISREAD)
    if len(bare) != 8 or any(sign not in ALPHABET for sign in bare):  # noqa: PLR2004
        return None
    return f"KB-{bare[:4]}-{bare[4:]}"


def leading_case_number(words: str) -> tuple[str, str]:
    """The case number that words begin with, and what follows it; no number, and all of them.

    A new line parts the two as well as a space.
    """
    first, *rest = words.split(maxsplit=1) or [""]
    number = read_case_number(first)
    return (number, "".join(rest).strip()) if number else ("", words)


def new_token() -> str:
    """An opaque token for a button (96 random bits, 16 URL-safe characters)."""
    return secrets.token_urlsafe(12)
