"""The records of decisions are whole, and the page of the architecture shows what is checked."""

import re
from pathlib import Path

import pytest

from tests.test_documentation import DOCS, ROOT, blocks

ADRS = sorted((DOCS / "adr").glob("*.md"))


@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.stem)
def test_each_decision_is_whole_and_short(adr: Path) -> None:
    """A decision without its price and its alternatives is an order."""
    text = adr.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences", "Alternatives"]
    decision = text.split("## Decision")[1].split("## Consequences")[0]
    assert "We will " in decision
    assert len(text.split()) <= 400


def test_decisions_are_numbered_without_gaps() -> None:
    """A gap looks like a decision that was taken away."""
    assert [int(path.name[:4]) for path in ADRS] == list(range(len(ADRS)))
    listed = (DOCS / "architecture.md").read_text(encoding="utf-8")
    for path in ADRS:
        assert f"adr/{path.name}" in listed


def test_the_architecture_page_shows_the_layers_that_are_checked() -> None:
    """The picture of the house and the check of its walls must be the same."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = project.split("layers = [")[1].split("]")[0]
    layers = re.findall(r'"([^"]+)"', listed)
    page = blocks(DOCS / "architecture.md")
    assert "\n".join(layers) in page
