"""Case numbers can be read over a bad line and tell nothing."""

import re

import pytest

from storage.numbers import new_case_number, new_token, read_case_number


def test_numbers_are_random_and_of_one_form() -> None:
    """A serial number would tell an employer how many complained."""
    drawn = {new_case_number() for _ in range(500)}
    assert len(drawn) == 500
    form = re.compile(r"KB-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
    assert all(form.fullmatch(number) for number in drawn)
    assert len({number[3] for number in drawn}) > 20


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KB-7F3K-92QM", "KB-7F3K-92QM"),
        (" kb 7f3k 92qm ", "KB-7F3K-92QM"),
        ("kb7f3k92qm", "KB-7F3K-92QM"),
        ("KB-OI1L-92QM", "KB-0111-92QM"),
        ("KB-7F3K-92Q", None),
        ("KB-7F3K-92QMM", None),
        ("7F3K-92QM", None),
        ("KB-UUUU-UUUU", None),
        ("kabar kasus saya bagaimana", None),
        ("", None),
    ],
)
def test_a_typed_number_is_understood_or_refused(typed: str, meant: str | None) -> None:
    """People read O for 0 and leave out dashes; a wrong guess would show another's case."""
    assert read_case_number(typed) == meant


def test_tokens_do_not_repeat() -> None:
    """A button that means two things would do the wrong one."""
    assert len({new_token() for _ in range(500)}) == 500
