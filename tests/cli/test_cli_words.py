"""The command as a whole: its help, its options, its streams, and what it imports."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from rich.cells import cell_len
from rich.console import Console

from service import terminal
from service.cli import main
from tests.cli.desk import Desk


def commands(group: click.Group, *before: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


ALL = dict(commands(main))


def test_every_command_is_on_the_help_page(tmp_path: Path) -> None:
    page = Desk(tmp_path).done("--help").out
    for words, command in ALL.items():
        if len(words) == 1:
            line = next(line for line in page.splitlines() if line.split()[:1] == [words[0]])
            assert line.endswith(command.get_short_help_str(200))
            assert len(line) <= 80


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_explains_itself_in_chinese_first(tmp_path: Path, words: tuple[str, ...]) -> None:
    page = Desk(tmp_path).done(*words, "--help").out
    told = page.split("\n\n")[1].strip()
    assert told[0] > "\u2e80", told
    for parameter in ALL[words].params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.help, (words, parameter.name)


@pytest.mark.parametrize("words", [w for w, c in ALL.items() if not isinstance(c, click.Group)], ids=" ".join)
def test_every_command_takes_the_folder_and_json_after_it_too(words: tuple[str, ...]) -> None:
    names = {option for parameter in ALL[words].params for option in parameter.opts}
    assert {"--json", "--data"} <= names


def test_the_folder_and_json_may_stand_before_and_after(made: Desk, tmp_path: Path) -> None:
    answers = {
        made.run_on(made.data, "--json", "institution", "list").out,
        made.run_on(made.data, "institution", "list", "--json").out,
        made.run_on(tmp_path, "institution", "list", "--json", "--data", str(made.data)).out,
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())


def test_the_folder_comes_from_the_environment_else(made: Desk) -> None:
    environ = {"PATH": os.environ["PATH"], "ZHENGKA_DATA": str(made.data)}
    ended = subprocess.run(
        [Path(sys.executable).with_name("zhengka"), "institution", "list", "--json"],
        env=environ,
        capture_output=True,
        check=True,
    )
    assert len(json.loads(ended.stdout)) == 3


def test_refusals_are_json_lines_on_standard_error(tmp_path: Path) -> None:
    answer = Desk(tmp_path).run("numbers", "list", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert set(json.loads(answer.err)["error"]) == {"code", "zh", "en"}


@pytest.mark.parametrize("words", [["foo"], ["keys", "foo"], ["explain"], ["--foo"], ["explain", "1", "2"]])
def test_wrong_words_end_with_2(tmp_path: Path, words: list[str]) -> None:
    answer = Desk(tmp_path).run(*words)
    assert answer.code == 2
    assert answer.out == ""


def test_explaining_a_number_imports_nothing_heavy() -> None:
    program = (
        "import sys; from service.cli import main; main(['explain', '22310010023'], standalone_mode=False);"
        "print(sorted({'sqlalchemy', 'numpy', 'litestar', 'reportlab', 'PIL', 'cryptography'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def spoken(encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command where the streams know only some characters."""
    return subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", *words],
        env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )


@pytest.mark.slow
def test_a_character_the_terminal_lacks_ends_no_command() -> None:
    assert spoken("ascii", "explain", "22310010023").stdout.startswith(rb"\u524d\u4e24\u4f4d 22")
    assert spoken("ascii", "--help").returncode == 0
    refused = spoken("gbk", "explain", "𠅤")
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert "证卡编号“\\U00020164”格式不符" in refused.stderr.decode("gbk")


def test_json_is_json_whatever_the_terminal_knows() -> None:
    assert json.loads(spoken("ascii", "explain", "22310010023", "--json").stdout)["zh"].startswith("前两位 22 表示")
    assert "“𠅤”" in json.loads(spoken("gbk", "explain", "𠅤", "--json").stderr)["error"]["zh"]


SENTENCE = "身份证号：申报日 2026-09-21 已满 66 周岁，男性不超过 65 周岁（考§7(1)4）。"


@pytest.mark.parametrize("width", range(4, 90, 3))
def test_a_sentence_folds_without_losing_a_character(width: int) -> None:
    lines = list(terminal.folded(SENTENCE, width))
    assert "".join(lines).replace(" ", "") == SENTENCE.replace(" ", "")
    assert not any(line[:1] in set("，。；：、）”》") for line in lines)


@pytest.mark.parametrize("width", [80, 132])
def test_a_table_keeps_names_and_numbers_whole_and_fits(width: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, soft_wrap=True)
    rows = [("38", "阿卜杜热合曼·买买提依明·吐尔逊", SENTENCE * 3, "考§7(1)4"), ("39", "王𱍐", "[red]x[/]", "")]
    terminal.print_table(console, ("行 row", "姓名 name", "原因 reasons", "条款 article"), rows, wide=(2,))
    lines = out.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= width
    assert any("阿卜杜热合曼·买买提依明·吐尔逊" in line for line in lines)
    assert "[red]x[/]" in out.getvalue(), "markup in a cell is text"
    assert all(line == line.rstrip() for line in lines)
    assert "".join("".join(line[40:].split()) for line in lines).count("周岁") == 6


def test_a_table_without_rows_is_not_printed() -> None:
    out = io.StringIO()
    terminal.print_table(Console(file=out), ("行 row",), [])
    assert out.getvalue() == ""
