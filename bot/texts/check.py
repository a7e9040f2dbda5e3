"""Whether texts and code fit together: used by tests, by nothing else.

A text is used when code names its key literally (``texts("common.kept")``), when the code's
f-string begins and ends like it (``f"cases.status.{status}"``), or when a script asks for it
by the pattern that ``bot.flows.script`` describes.
"""

import re
from collections.abc import Iterable, Iterator

from bot.texts import Texts

_LITERAL = re.compile(r"""(?<![\w.])f?["']([a-z_]+(?:\.(?:[a-z0-9_]+|\{[^{}"']*\}))+)["']""")
_NAMED = re.compile(r"""(?:texts|label|say)\(\s*(?:\w+,\s*)?["']([a-z0-9_.]+)["']""")
_FILLED = re.compile(r"\\\{.*?\\\}")


def unused(texts: Texts, sources: Iterable[str], scripted: Iterable[str]) -> set[str]:
    """Keys that neither the code nor a script names."""
    patterns = [_pattern(named) for source in sources for named in _LITERAL.findall(source)]
    left = texts.keys() - set(scripted)
    return {key for key in left if not any(pattern.fullmatch(key) for pattern in patterns)}


def missing(texts: Texts, sources: Iterable[str], scripted: Iterable[str]) -> set[str]:
    """Keys that the code or a script asks for and that do not exist."""
    named = {key for source in sources for key in _NAMED.findall(source)}
    return (named | set(scripted)) - texts.keys()


def too_long(texts: Texts, limits: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Keys whose text has more characters than fit where it is shown."""
    known = texts.keys()
    for key, limit in limits:
        if key in known and len(texts.label(key)) > limit:
            yield f"{key}: {len(texts.label(key))} characters, {limit} fit"


def _pattern(named: str) -> re.Pattern[str]:
    return re.compile(_FILLED.sub(r"[a-z0-9_]+", re.escape(named)))
