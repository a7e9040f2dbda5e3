"""What the documents name must be there: settings, commands, files, links, addresses, metrics."""

import importlib
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bot.bootstrap import build
from bot.cases import group_acts
from bot.cases.acts import TOPIC_COMMANDS
from bot.metrics import Metrics
from bot.settings import Settings, environment_names, load_settings
from bot.web import web_app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
GUIDES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(path for path in DOCS.rglob("*.md")),
]
GROUP_COMMANDS = {*TOPIC_COMMANDS, *group_acts.GROUP_COMMANDS}
#: What BotFather understands, not our bot.
BOTFATHER = {"/newbot", "/setprivacy", "/revoke"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")

by_guide = pytest.mark.parametrize("guide", GUIDES, ids=lambda p: str(p.relative_to(ROOT)))


def blocks(guide: Path) -> str:
    """The code blocks of a guide; continued lines are joined."""
    found = "\n".join(body for _, body in FENCE.findall(guide.read_text(encoding="utf-8")))
    return re.sub(r"\\\n\s*", " ", found)


def quoted(guide: Path) -> list[str]:
    """What stands between backticks in the running text."""
    return CODE.findall(FENCE.sub("", guide.read_text(encoding="utf-8")))


def code_lines(guide: Path) -> Iterator[str]:
    """Every piece of code in a guide: lines of blocks, and what stands in backticks."""
    yield from (line.strip() for line in blocks(guide).splitlines())
    yield from quoted(guide)


def found_in_code(guide: Path, expression: str) -> set[str]:
    """What an expression finds in the code of a guide, line by line."""
    return {part for line in code_lines(guide) for part in re.findall(expression, line)}


def anchors(guide: Path) -> set[str]:
    """The anchors that GitHub makes of a guide's headings."""
    text = FENCE.sub("", guide.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in bare}


# --- settings --------------------------------------------------------------------------------


def example_settings() -> dict[str, str]:
    """Names and values in .env.example, in their order."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def test_the_example_names_every_setting_in_order() -> None:
    """A setting that stands nowhere cannot be found; one that is gone misleads."""
    assert tuple(example_settings()) == environment_names()


def test_the_example_changes_nothing() -> None:
    """Who copies it and edits one line must get the defaults for the others."""
    example = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]
    assert example == Settings(_env_file=None)  # type: ignore[call-arg]
    plain = load_settings(_env_file=None)
    for name, value in example_settings().items():
        default = getattr(plain, name.lower())
        shown = "" if "SecretStr" in type(default).__name__ else str(default).removesuffix(".0")
        assert value == shown, name


def test_every_setting_in_the_example_has_a_comment() -> None:
    """Operators read this file instead of the code."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    groups = "\n".join(lines).split("\n\n")
    settings = [group for group in groups if re.search(r"^[A-Z_]+=", group, re.MULTILINE)]
    assert settings
    assert [group for group in settings if not group.startswith("#")] == []


def settings_in(guide: Path) -> set[str]:
    """The settings that a guide names."""
    text = guide.read_text(encoding="utf-8")
    named = set(re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\.md)", text))
    named |= set(re.findall(r"^([A-Z]+)=", blocks(guide), re.MULTILINE))
    return named | {name for code in quoted(guide) for name in re.findall(r"^([A-Z]{4,})=", code)}


@by_guide
def test_guides_name_only_settings_that_exist(guide: Path) -> None:
    """A setting that does nothing gives false safety."""
    assert settings_in(guide) <= set(environment_names())


# --- commands --------------------------------------------------------------------------------


def make_targets(guide: Path) -> set[str]:
    """What a guide tells to ``make``."""
    return found_in_code(guide, r"^make ([a-z-]+)")


@by_guide
def test_make_targets_exist(guide: Path) -> None:
    """The two commands must work as they are written."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert make_targets(guide) <= targets


def modules_in(guide: Path) -> set[str]:
    """What a guide starts with ``python -m``."""
    return found_in_code(guide, r"python -m ([a-z0-9_.]+)") - {"venv", "pip"}


@by_guide
def test_python_modules_in_commands_exist(guide: Path) -> None:
    """``python -m …`` of something that is not there ends in a riddle."""
    assert [module for module in modules_in(guide) if find_spec(module) is None] == []


def operator_calls(guide: Path) -> set[str]:
    """Commands of the operator with their options, as a guide shows them."""
    calls = found_in_code(guide, r"admin_cli\.py ([^|>&;#]+)")
    return {call for call in calls if not call.startswith(("-", "…"))}


@by_guide
def test_operator_commands_exist_with_their_options(guide: Path) -> None:
    """Operators copy commands in a hurry."""
    top = typer.main.get_command(importlib.import_module("bot.cli.main").app)
    assert isinstance(top, TyperGroup)
    for call in operator_calls(guide):
        first, *rest = call.split()
        assert first in top.commands, call
        module = importlib.import_module(f"bot.cli.{first.replace('-', '_')}")
        found = typer.main.get_command(module.app)
        while isinstance(found, TyperGroup) and rest and not rest[0].startswith("-"):
            assert rest[0] in found.commands, call
            found, rest = found.commands[rest[0]], rest[1:]
        options = {name for one in found.params for name in (*one.opts, *one.secondary_opts)}
        named = {word.partition("=")[0].strip("[]") for word in rest if word.startswith("--")}
        assert named <= options | {"--help"}, call


def test_the_readmes_name_the_two_commands() -> None:
    """Whoever has only the README must be able to start and to test."""
    for name in ("README.md", "README.id.md"):
        commands = set(blocks(ROOT / name).splitlines())
        assert {"make run", "make test"} <= {line.partition("#")[0].strip() for line in commands}


# --- files, links, addresses, metrics --------------------------------------------------------


def files_in(guide: Path) -> set[str]:
    """Our own files that a guide names."""
    homes = ("bot/", "storage/", "nlp/", "tests/", "docs/", "bench/", ".ci/")
    named = (code for code in quoted(guide) if code.startswith(homes))
    return {code for code in named if not re.search(r"[ …*{<]", code)}


@by_guide
def test_files_named_in_guides_exist(guide: Path) -> None:
    """A path that leads nowhere makes the reader doubt the rest."""
    assert [path for path in files_in(guide) if not (ROOT / path).exists()] == []


def links_in(guide: Path) -> set[str]:
    """Where a guide leads inside the documents."""
    text = FENCE.sub("", guide.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return {target for target in targets if not re.match(r"[a-z]+:", target)}


@by_guide
def test_links_inside_the_documents_resolve(guide: Path) -> None:
    """Links break silently when files move."""
    for target in links_in(guide):
        path, _, anchor = target.partition("#")
        there = (guide.parent / path).resolve() if path else guide
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def test_every_picture_is_shown_and_small() -> None:
    """A picture that nothing shows is old, and one that is large is not loaded in a factory."""
    pages = [*GUIDES, *ROOT.glob("nlp/models/*.md")]
    shown = {
        (page.parent / target).resolve()
        for page in pages
        for target in re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
    kept = set((DOCS / "pictures").iterdir())
    assert shown == kept
    for picture in kept:
        assert picture.stat().st_size < 160 * 1024, picture.name


def test_every_guide_is_reached_from_the_readme() -> None:
    """A guide that nobody links is a guide that nobody reads."""
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        guide = waiting.pop()
        seen.add(guide)
        for target in re.findall(r"\]\(([^)#\s]+\.md)", guide.read_text(encoding="utf-8")):
            there = (guide.parent / target).resolve()
            if there not in seen and there.exists():
                waiting.append(there)
    assert set(GUIDES) <= seen


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The paths that the web server answers."""
    settings = load_settings(
        _env_file=None, data_dir=tmp_path_factory.mktemp("var"), simulator="on"
    )
    app = build(settings)
    try:
        return {route.path.partition("{")[0] for route in web_app(app).routes}  # type: ignore[attr-defined]
    finally:
        app.close()


def addresses_in(guide: Path) -> set[str]:
    """The paths, and the commands that look like one, that a guide names."""
    paths = {code.removeprefix("GET ").removeprefix("POST ") for code in quoted(guide)}
    folders = ("/etc", "/srv", "/var", "/dev", "/bin")
    return {
        path
        for path in paths
        if re.fullmatch(r"/[a-z]+(/[a-z]*)?", path) and not path.startswith(folders)
    }


@by_guide
def test_addresses_in_guides_are_served(guide: Path, routes: set[str]) -> None:
    """A health check on a path that does not exist is no check."""
    assert addresses_in(guide) <= routes | GROUP_COMMANDS | BOTFATHER


def twilio_options(guide: Path) -> set[str]:
    """What follows Twilio's address in a guide."""
    return set(re.findall(r"/twilio/inbound(#[^`\s]*)", guide.read_text(encoding="utf-8")))


@by_guide
def test_the_address_for_twilio_is_the_one_that_the_program_prints(guide: Path) -> None:
    """Without the part after # a short outage loses messages."""
    assert twilio_options(guide) <= {importlib.import_module("bot.cli.webhooks")._AGAIN}


def metrics_in(guide: Path) -> set[str]:
    """The metrics that a guide names."""
    text = guide.read_text(encoding="utf-8")
    return set(re.findall(r"\bkawan_(?:inbound|turn|sends|queue|spool)\w*", text))


@by_guide
def test_metrics_in_guides_exist(guide: Path) -> None:
    """An alarm on a metric that does not exist never rings."""
    known: set[str] = set()
    for family in Metrics().registry.collect():
        known.add(family.name)
        if family.type == "counter":
            known.add(f"{family.name}_total")
        if family.type == "histogram":
            known |= {f"{family.name}_{end}" for end in ("bucket", "sum", "count")}
    assert metrics_in(guide) <= known


def test_the_operators_guide_names_every_metric() -> None:
    """What is measured and not explained is not watched."""
    text = (DOCS / "operator.md").read_text(encoding="utf-8")
    measured = {family.name for family in Metrics().registry.collect()}
    assert measured
    assert {name for name in measured if name not in text} == set()


@pytest.mark.parametrize(
    "found_in",
    [
        settings_in, make_targets, modules_in, operator_calls, files_in, links_in, addresses_in,
        twilio_options, metrics_in,
    ],
)  # fmt: skip
def test_the_guides_have_something_of_all_that_is_checked(
    found_in: Callable[[Path], set[str]],
) -> None:
    """Where nothing is found in any guide, the checks above check nothing."""
    assert any(found_in(guide) for guide in GUIDES)
