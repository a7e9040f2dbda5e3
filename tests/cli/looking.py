"""What ``doctor`` found, for its tests."""

import json

from bot.cli.doctor import _LABELS
from tests.cli.conftest import CommandLine

Found = dict[str, tuple[str, str]]


def look(cli: CommandLine) -> Found:
    """Status and message of every check, by name."""
    result = cli("doctor", "--json")
    document = json.loads(result.stdout)
    faults = [one for one in document["checks"] if one["status"] == "fault"]
    assert document["ok"] is (not faults)
    assert result.exit_code == (1 if faults else 0)
    for one in document["checks"]:
        assert one["check"] in _LABELS
        assert one["status"] == "ok" or one["action"]
    return {one["check"]: (one["status"], one["message"]) for one in document["checks"]}
