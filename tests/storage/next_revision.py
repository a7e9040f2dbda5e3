"""A program one version ahead: the same migrations and one more."""

import shutil
from pathlib import Path

import pytest

from storage import migrate
from storage.migrate import newest_revision


def write_revision(folder: Path, monkeypatch: pytest.MonkeyPatch, work: str = "pass") -> str:
    """Let the migrations have one more that does this work; its revision."""
    copied = folder / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", copied)
    (copied / "versions" / "ffff00000000_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = 'ffff00000000'\ndown_revision = '{newest_revision()}'\n"
        f"def upgrade():\n    {work}\n"
    )
    monkeypatch.setattr(migrate, "_SCRIPTS", copied)
    return "ffff00000000"
