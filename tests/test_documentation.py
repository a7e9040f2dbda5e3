"""What the documents say must be true of the program: names, commands, links, labels."""

import importlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bot.bootstrap import build
from bot.cases import group_acts
from bot.cases.acts import TOPIC_COMMANDS
from bot.cases.stages import OUTCOMES, TRANSITIONS
from bot.flows.words import command
from bot.metrics import Metrics
from bot.settings import Settings, environment_names, load_settings
from bot.texts import Texts, load_texts
from bot.web import web_app

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
GUIDES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(path for path in DOCS.rglob("*.md")),
]
ADRS = sorted((DOCS / "adr").glob("*.md"))
GROUP_COMMANDS = {*TOPIC_COMMANDS, *group_acts.GROUP_COMMANDS}
#: What BotFather understands, not our bot.
BOTFATHER = {"/newbot", "/setprivacy", "/revoke"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")

by_guide = pytest.mark.parametrize("guide", GUIDES, ids=lambda p: str(p.relative_to(ROOT)))


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The words that people read."""
    return load_texts()


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
    for group in groups:
        if re.search(r"^[A-Z_]+=", group, re.MULTILINE):
            assert group.startswith("#"), group


@by_guide
def test_guides_name_only_settings_that_exist(guide: Path) -> None:
    """A setting that does nothing gives false safety."""
    text = guide.read_text(encoding="utf-8")
    named = set(re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b(?!\.md)", text))
    named |= set(re.findall(r"^([A-Z]+)=", blocks(guide), re.MULTILINE))
    named |= {name for code in quoted(guide) for name in re.findall(r"^([A-Z]{4,})=", code)}
    assert named <= set(environment_names())


# --- commands --------------------------------------------------------------------------------


@by_guide
def test_make_targets_exist(guide: Path) -> None:
    """The two commands must work as they are written."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target for line in code_lines(guide) for target in re.findall(r"^make ([a-z-]+)", line)
    }
    assert named <= targets


@by_guide
def test_python_modules_in_commands_exist(guide: Path) -> None:
    """``python -m …`` of something that is not there ends in a riddle."""
    for line in code_lines(guide):
        for module in re.findall(r"python -m ([a-z0-9_.]+)", line):
            if module not in {"venv", "pip"}:
                assert find_spec(module) is not None, line


@by_guide
def test_operator_commands_exist_with_their_options(guide: Path) -> None:
    """Operators copy commands in a hurry."""
    main = importlib.import_module("bot.cli.main")
    top = typer.main.get_command(main.app)
    for line in code_lines(guide):
        for call in re.findall(r"admin_cli\.py ([^|>&;#]+)", line):
            _check_call(top, call.split(), line)


def _check_call(top: object, words: list[str], line: str) -> None:
    assert isinstance(top, TyperGroup)
    if words[0].startswith(("-", "…")):
        return
    assert words[0] in top.commands, line
    module = importlib.import_module(f"bot.cli.{words[0].replace('-', '_')}")
    found = typer.main.get_command(module.app)
    rest = words[1:]
    while isinstance(found, TyperGroup) and rest and not rest[0].startswith("-"):
        assert rest[0] in found.commands, line
        found, rest = found.commands[rest[0]], rest[1:]
    options = {
        name for parameter in found.params for name in (*parameter.opts, *parameter.secondary_opts)
    }
    named = {word.partition("=")[0].strip("[]") for word in rest if word.startswith("--")}
    assert named <= options | {"--help"}, line


def test_the_readmes_name_the_two_commands() -> None:
    """Whoever has only the README must be able to start and to test."""
    for name in ("README.md", "README.id.md"):
        commands = set(blocks(ROOT / name).splitlines())
        assert {"make run", "make test"} <= {line.partition("#")[0].strip() for line in commands}


# --- files, links, addresses, metrics --------------------------------------------------------


@by_guide
def test_files_named_in_guides_exist(guide: Path) -> None:
    """A path that leads nowhere makes the reader doubt the rest."""
    homes = ("bot/", "storage/", "nlp/", "tests/", "docs/", "bench/", ".ci/")
    for code in quoted(guide):
        if code.startswith(homes) and not re.search(r"[ …*{<]", code):
            assert (ROOT / code).exists(), code


@by_guide
def test_links_inside_the_documents_resolve(guide: Path) -> None:
    """Links break silently when files move."""
    text = FENCE.sub("", guide.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
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


@by_guide
def test_addresses_in_guides_are_served(guide: Path, routes: set[str]) -> None:
    """A health check on a path that does not exist is no check."""
    for code in quoted(guide):
        path = code.removeprefix("GET ").removeprefix("POST ")
        if not re.fullmatch(r"/[a-z]+(/[a-z]*)?", path):
            continue
        if path.startswith(("/etc", "/srv", "/var", "/dev", "/bin")):
            continue
        assert path in routes | GROUP_COMMANDS | BOTFATHER, path


@by_guide
def test_the_address_for_twilio_is_the_one_that_the_program_prints(guide: Path) -> None:
    """Without the part after # a short outage loses messages."""
    again = importlib.import_module("bot.cli.webhooks")._AGAIN
    for part in re.findall(r"/twilio/inbound(#[^`\s]*)", guide.read_text(encoding="utf-8")):
        assert part == again


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
    text = guide.read_text(encoding="utf-8")
    named = set(re.findall(r"\bkawan_(?:inbound|turn|sends|queue|spool)\w*", text))
    assert named <= known


def test_the_operators_guide_names_every_metric() -> None:
    """What is measured and not explained is not watched."""
    text = (DOCS / "operator.md").read_text(encoding="utf-8")
    for family in Metrics().registry.collect():
        assert family.name in text


# --- what officers and workers read ----------------------------------------------------------


def test_the_officers_guide_names_every_button(texts: Texts) -> None:
    """Officers look for the word that stands on the button."""
    guide = (DOCS / "petugas.md").read_text(encoding="utf-8")
    keys = sorted(key for key in texts.keys() if key.startswith("officers.button."))  # noqa: SIM118
    assert keys
    for key in keys:
        assert f"**{texts.label(key)}**" in guide, key


def test_the_officers_guide_names_every_command() -> None:
    """A command that stands in no guide is used by nobody."""
    guide = (DOCS / "petugas.md").read_text(encoding="utf-8")
    for word in GROUP_COMMANDS - {"/start", "/help"}:
        assert f"`{word}`" in guide, word


def test_the_officers_guide_tells_what_workers_read(texts: Texts) -> None:
    """Officers must know which words a change of stage sends to the worker."""
    guide = (DOCS / "petugas.md").read_text(encoding="utf-8")
    for stage in TRANSITIONS:
        assert f"**{texts.label(f'cases.stage.{stage}.label')}**" in guide
        if stage in {"baru", "belum_lengkap"}:
            continue
        said = texts(f"cases.stage.{stage}.reporter", number="KB", outcome="…")
        words = " ".join(said.removeprefix("Kabar KB: ").split())
        assert words in guide, stage
    for outcome in OUTCOMES:
        assert texts.label(f"cases.outcome.{outcome}.label") in guide


def test_the_officers_guide_explains_every_delivery_mark(texts: Texts) -> None:
    """An unknown mark on a card makes officers guess."""
    guide = (DOCS / "petugas.md").read_text(encoding="utf-8")
    for key in texts.keys():  # noqa: SIM118
        if key.startswith("officers.delivery."):
            mark = re.split(r"[.{(]", texts(key, at="", why=""))[0].strip()
            assert mark in guide, key


def test_the_privacy_notice_fits_the_program(texts: Texts) -> None:
    """What workers are promised must be what the bot understands and asks consent for."""
    notice = (DOCS / "privacy-notice.id.md").read_text(encoding="utf-8")
    assert texts("consent.version") in notice
    for words in ("DATA SAYA", "HAPUS DATA", "CABUT IZIN", "BERHENTI", "MULAI", "PETUGAS"):
        assert f"**{words}**" in notice
        assert command(words) is not None


# --- decisions -------------------------------------------------------------------------------


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
