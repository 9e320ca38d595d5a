"""What is typed at the command line and what is printed on it: nothing wipes, moves or forges a line."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from rich.text import Text

from service import effects, settings, terminal
from service.cli.command import UNREAD
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.review import EntryKind
from service.domain.visible import invisible_character
from service.flows.cards.cancellations import propose_revocation
from service.flows.cards.card_requests import ProposalRequest
from service.flows.people.reviews import RemarkRequest, enter_reward_or_sanction
from service.flows.register import open_register
from tests.cli.desk import PASSPHRASE, TODAY, Desk
from tests.cli.test_cli_words import ALL

FORGERY = "照片不符\x1b[2K\r\x1b[1A已核对\u202e\x9b31m\n编号 9 已取消"


def value_for(parameter: click.Parameter, file: Path) -> str:
    """Return a word that the parameter takes."""
    match parameter.type:
        case click.Choice() as choice:
            return str(choice.choices[0])
        case click.types.IntParamType():
            return str(getattr(parameter.type, "min", 1) or 1)
        case kind if kind.name in {"FILE", "PATH"} and getattr(kind, "_there", False):
            return str(file)
        case kind if parameter.name == "points":
            return "1"
        case kind:
            return {"YYYY-MM-DD": "2026-01-05", "TIME": "2026-01-05", "X,Y": "1,1"}.get(kind.name, "x")


def words_with(command: click.Command, chosen: click.Parameter, file: Path) -> list[str]:
    """Return the words of a command with all it demands, and a forgery at one place."""
    options: list[str] = []
    arguments: list[str] = []
    for parameter in command.params:
        if parameter is chosen or parameter.required:
            value = FORGERY if parameter is chosen else value_for(parameter, file)
            if isinstance(parameter, click.Option):
                options += [parameter.opts[0], value]
            else:
                arguments.append(value)
    return [*options, "--", *arguments]


TEXTS = [
    (words, parameter.name)
    for words, command in ALL.items()
    if not isinstance(command, click.Group)
    for parameter in command.params
    if isinstance(parameter.type, click.types.StringParamType) and (command.name, parameter.name) not in UNREAD
]


def test_every_text_of_every_command_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for words, name in TEXTS:
        command = ALL[words]
        (chosen,) = (parameter for parameter in command.params if parameter.name == name)
        answer = Desk(tmp_path).run(*words, *words_with(command, chosen, tmp_path / "file"))
        assert answer.code == 2, (words, name, answer)
        assert "U+001B" in answer.err, (words, name, answer.err)
        assert invisible_character(answer.err.replace("\n", "")) is None
    assert len(TEXTS) > 60


@pytest.mark.parametrize("words", [("--\x1b[2K",), ("\x1b[2K",), ("explain", "--x\u202e"), ("issue", "\x1b[2K.xlsx")])
def test_an_error_of_usage_repeats_no_escape_sequence(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = Desk(tmp_path).run(*words)
    assert answer.code == 2
    assert invisible_character((answer.out + answer.err).replace("\n", "")) is None


@pytest.mark.parametrize("streams", ["", "--json"])
def test_rows_from_before_the_guard_are_printed_made_visible(desk: Desk, streams: str) -> None:
    number = next(CardNumber(one) for one in desk.texts if one.startswith("R"))
    with open_register(settings.load({"ZHENGKA_PASSPHRASE": PASSPHRASE}, desk.data), effects.real()) as register:
        proposal = ProposalRequest(ground="督§19(9)", reason=FORGERY, proposed_by="王")
        propose_revocation(register, number, proposal, By("test", "渝北区人社局"))
        enter_reward_or_sanction(
            register, number, EntryKind.SANCTION, RemarkRequest(on=TODAY, by="王", reason=FORGERY), By("test")
        )
    for words in (("proposals",), ("record", number)):
        answer = desk.done(*words, *([streams] if streams else []))
        assert "已核对" in answer.out
        assert invisible_character(answer.out.replace("\n", "")) is None
        if streams:  # programs read what was stored
            told = answer.json if isinstance(answer.json, list) else answer.json["entries"]
            assert FORGERY in told[0].values()
        else:
            assert "⏎" in answer.out


def test_nothing_that_is_printed_on_a_terminal_holds_an_escape_of_a_text() -> None:
    console = terminal.console()
    with console.capture() as captured:
        console.print(Text(FORGERY), markup=False)
        terminal.print_table(console, (FORGERY,), [(FORGERY,), (Text(FORGERY),)])
    printed = captured.get()
    assert "已核对" in printed
    assert invisible_character(printed.replace("\n", "")) is None
