"""What the manual says is so: commands, options, variables, routes, packages, links, pictures; and none is missing."""

from __future__ import annotations

import re
import struct
import subprocess
import tomllib
from pathlib import Path
from typing import Any, Final

import click
import pytest
from litestar.openapi.spec import OpenAPI

from service import settings
from service.app import create_app
from service.cli import main
from service.domain.verdict_words import Word
from service.effects import real
from tests import needs
from tests.manual import (
    BOTH,
    CHINESE,
    ENGLISH,
    ROOT,
    Manual,
    blocks,
    headings,
    links,
    named_commands,
    prose,
    shell_lines,
    shown_commands,
    spans,
    table,
    text_of,
    words,
)
from tools.reference import commands, pages

MAX_PICTURE_BYTES: Final = 200_000
MAX_README_BYTES: Final = 10_000
PLACE: Final = re.compile(r"(?:service|keys|cardlayout|tests|fonts|tools|docs|deploy)/[\w/.-]*(?:::\w+)?$")
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SHARED_OPTIONS: Final = {"--data", "--json", "--help", "-h"}
PATH_TYPES: Final = {"file", "path", "directory"}
SPAN_OF_ROUTE: Final = re.compile(r"`(GET|POST) (/[^`]*)`")

each_manual = pytest.mark.parametrize("manual", BOTH, ids=lambda manual: manual.language)


LEAVES: Final = dict(commands(main))


def resolved(line: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split the words after ``zhengka`` into the command's and the rest; options of all commands may stand first."""
    rest = list(line)
    while rest and rest[0] in SHARED_OPTIONS:
        del rest[: 2 if rest[0] == "--data" else 1]
    path = next((path for path in LEAVES if tuple(rest[: len(path)]) == path), None)
    assert path is not None, f"there is no command zhengka {' '.join(line)}"
    return path, tuple(rest[len(path) :])


def checked_arguments(command: click.Command, rest: tuple[str, ...]) -> int:
    """Check options and their values; return how many words are arguments."""
    options = {
        name: param
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    arguments, place = 0, 0
    while place < len(rest):
        word = rest[place]
        place += 1
        if word == "-" or not word.startswith("-"):
            arguments += 1
            continue
        if word in {"--help", "-h"}:
            continue
        assert word in options, f"{command.name} has no option {word}"
        option = options[word]
        if option.is_flag:
            continue
        assert place < len(rest), f"{word} takes a value"
        if option.type.name.casefold() not in PATH_TYPES:
            option.type.convert(rest[place], option, None)
        place += 1
    return arguments


@each_manual
def test_commands_shown_are_right_in_words_options_and_arguments(manual: Manual) -> None:
    for line in shown_commands(manual):
        path, rest = resolved(line)
        command = LEAVES[path]
        given = checked_arguments(command, rest)
        takes = [param for param in command.params if isinstance(param, click.Argument)]
        least = sum(1 for param in takes if param.required)
        most = float("inf") if any(param.nargs < 0 for param in takes) else len(takes)
        assert least <= given <= most, f"zhengka {' '.join(line)}"
        required = {param.opts[0] for param in command.params if isinstance(param, click.Option) and param.required}
        assert required <= set(rest), f"zhengka {' '.join(line)}"


@each_manual
def test_commands_named_in_the_text_exist(manual: Manual) -> None:
    for line in named_commands(manual):
        path, rest = resolved(line)
        checked_arguments(LEAVES[path], rest)


@pytest.mark.slow
def test_the_generated_pages_are_those_of_the_code() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"{path.name} is not up to date: python -m tools.reference"


@each_manual
def test_every_variable_is_in_the_table(manual: Manual) -> None:
    variables = {value for value in vars(settings).values() if isinstance(value, str) and value.startswith("ZHENGKA_")}
    first = {ENGLISH: "Variable", CHINESE: "变量"}[manual]
    assert {cell.strip("`") for cell in table(manual, first).column(0)} == variables
    assert set(re.findall(r"ZHENGKA_[A-Z_]+", text_of(manual))) == variables | {"ZHENGKA_TEST_ALL"}


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> OpenAPI:
    return create_app(settings.load({}, tmp_path_factory.mktemp("data")), real()).openapi_schema


@each_manual
def test_every_route_is_in_the_table(manual: Manual, interface: OpenAPI) -> None:
    routes = {
        (method, path)
        for path, item in (interface.paths or {}).items()
        for method, operation in (("GET", item.get), ("POST", item.post))
        if operation is not None
    }
    first = {ENGLISH: "Route", CHINESE: "路径"}[manual]
    listed = [SPAN_OF_ROUTE.search(cell) for cell in table(manual, first).column(0)]
    assert {match.groups() for match in listed if match} == routes


@each_manual
def test_every_dependency_has_its_reason(manual: Manual) -> None:
    extras = [one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra]
    needed = [*PROJECT["project"]["dependencies"], *extras]
    declared = {re.split(r"[\[>;<= ]", requirement)[0] for requirement in needed}
    first = {ENGLISH: "Package", CHINESE: "包"}[manual]
    listed = table(manual, first)
    assert {name for cell in listed.column(0) for name in cell.split(", ")} == declared
    assert all(listed.column(1))


@each_manual
def test_every_verdict_is_explained_the_worst_last(manual: Manual) -> None:
    first = {ENGLISH: "Verdict", CHINESE: "结论"}[manual]
    explained = [cell.strip("`") for cell in table(manual, first).column(0)]
    assert explained == [word.value for word in reversed(Word) if word is not Word.UNKNOWN]


@each_manual
def test_make_targets_named_exist_and_all_are_named(manual: Manual) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    code = "\n".join((*spans(manual), *shell_lines(manual)))
    named = set(re.findall(r"^make ([a-z-]+)", code, re.MULTILINE))
    assert named == targets


@each_manual
def test_links_lead_somewhere(manual: Manual) -> None:
    for page in (*manual.pages, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "docs" / "index.md"):
        for link in links(prose(page.read_text("utf-8"))):
            path, _, anchor = link.target.partition("#")
            target = (page.parent / path) if path else page
            assert target.exists(), f"{page.name}: {link.target}"
            if anchor:
                assert anchor in {slug(text) for _, text in headings(target.read_text("utf-8"))}, link.target


def slug(heading: str) -> str:
    """Make the anchor of a heading: letters, digits and hyphens stay, spaces become hyphens."""
    return re.sub(r"[^\w-]", "", heading.casefold().replace(" ", "-"))


@each_manual
def test_files_named_in_the_text_are_there(manual: Manual) -> None:
    named = {span.partition("::")[0] for span in spans(manual) if PLACE.match(span)}
    assert [place for place in sorted(named) if not (ROOT / place).exists()] == []


@each_manual
def test_the_readme_is_one_screen_and_leads_to_every_page(manual: Manual) -> None:
    assert manual.readme.stat().st_size <= MAX_README_BYTES
    leads_to = {ROOT / link.target for link in links(manual.readme.read_text("utf-8"))}
    assert set(manual.pages[1:]) <= leads_to


def test_every_page_is_in_the_site_and_has_its_counterpart() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    listed = re.findall(r"'((?:en|zh)/[a-z-]+\.md)'", str(site["nav"]))
    assert sorted(listed) == sorted(f"{page.parent.name}/{page.name}" for manual in BOTH for page in manual.pages[1:])
    assert [page.name for page in ENGLISH.pages[1:]] == [page.name for page in CHINESE.pages[1:]]


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = re.findall(r"`((?:tests/[\w/.]+)|test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) > 10
    defined = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for name in named:
        assert (ROOT / name).exists() if "/" in name else f"def {name}(" in defined, name


@each_manual
def test_pictures_are_there_described_and_small(manual: Manual) -> None:
    shown = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", prose(manual.readme.read_text("utf-8")))
    assert {ROOT / target for _, target in shown} == set((ROOT / "docs").glob("*.png"))
    for description, target in shown:
        data = (ROOT / target).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert len(data) < MAX_PICTURE_BYTES
        assert struct.unpack(">I", data[16:20])[0] >= 800, "too narrow to be read"
        assert len(description) > 10


@each_manual
def test_what_is_measured_stands_in_two_bounded_blocks(manual: Manual) -> None:
    marks = re.findall(r"^<!-- measured:(begin|end) -->$", text_of(manual), re.MULTILINE)
    assert marks == ["begin", "end", "begin", "end"]


def test_both_manuals_have_the_same_parts_and_show_the_same_commands() -> None:
    english, chinese = BOTH
    levels = [[level for page in manual.pages for level, _ in headings(page.read_text("utf-8"))] for manual in BOTH]
    assert levels[0] == levels[1]
    assert [language for language, _ in blocks(english)] == [language for language, _ in blocks(chinese)]
    assert [words(line) for line in shell_lines(english)] == [words(line) for line in shell_lines(chinese)]
    assert sorted(named_commands(english)) == sorted(named_commands(chinese))
    for one, other in zip(english.pages[1:], chinese.pages[1:], strict=True):
        targets = [[link.target for link in links(prose(page.read_text("utf-8")))] for page in (one, other)]
        assert [target.partition("#")[0] for target in targets[0]] == [t.partition("#")[0] for t in targets[1]], (
            one.name
        )


def test_lock_files_name_no_host() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert "://" not in lock.read_text("utf-8"), lock.name
    for lock in (ROOT / "tests").glob("vectors/*/package-lock.json"):
        assert '"resolved"' not in lock.read_text("utf-8"), lock.name


def test_no_file_names_a_place_of_one_machine() -> None:
    places = tuple("/" + place for place in ("work/", "root/", "home/", "Users/"))
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in tracked()
        if (text := text_of_file(path)) is not None and any(place in text for place in places)
        for line in text.splitlines()
        if any(re.search(rf"(?<![\w.]){place}", line) for place in places)
    ]
    assert found == []


def tracked() -> list[Path]:
    git = needs.tool("git", apt="git")
    done = subprocess.run([git, "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of_file(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_every_licence_goes_with_the_package() -> None:
    given = {path for pattern in PROJECT["project"]["license-files"] for path in ROOT.glob(pattern)}
    kept = {
        path
        for folder in (".", "fonts", "service", "cardlayout", "keys")
        for path in (ROOT.glob("*") if folder == "." else (ROOT / folder).rglob("*"))
        if path.is_file() and re.search(r"LICEN[CS]E|OFL", path.name) and "built_docs" not in path.parts
    }
    assert kept <= given
    assert all(path.stat().st_size for path in kept)
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text("utf-8")


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    versions = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == "Unreleased"
