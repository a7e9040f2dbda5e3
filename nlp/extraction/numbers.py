"""Numbers as people write them: "12", "dua belas", "tiga puluh dua", "limo" (Palembang)."""

_ONES = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7,
    "delapan": 8, "sembilan": 9,
    "duo": 2, "tigo": 3, "ampek": 4, "limo": 5, "rong": 2, "telung": 3, "patang": 4,
    "limang": 5, "nem": 6, "pitung": 7, "wolung": 8, "sangang": 9,
}  # fmt: skip
_WHOLE = {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000}
_TIMES = {"puluh": 10, "ratus": 100, "ribu": 1000}
_ONE = "|".join(_ONES)

WORDS = (
    rf"(?:(?:(?:{_ONE}|sepuluh|sebelas)\s+|se)(?:belas|puluh|ratus|ribu)\b\s*"
    rf"(?:(?:{_ONE})\s+(?:puluh|belas)\b\s*)?(?:{_ONE})?\b|sepuluh|sebelas|(?:{_ONE})\b)"
)
"""Pattern of a number in words up to some thousands."""


def number_of(words: str) -> int:
    """The number that ``WORDS`` or digits stand for.

    Raises:
        KeyError: a word is no number.
    """
    total, last = 0, 0
    for word in words.lower().split():
        if word.isdigit():
            last = int(word)
        elif word in _WHOLE:
            total, last = total + _WHOLE[word], 0
        elif word == "belas":
            last += 10
        elif word in _TIMES:
            total, last = total + last * _TIMES[word], 0
        else:
            last = _ONES[word]
    return total + last
