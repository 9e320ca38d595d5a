"""A clerk's desk: a folder, the command, and the files the command reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import openpyxl
from click.testing import CliRunner

from service import effects, settings
from service.cli import main
from service.domain.people import check_digit
from tests.flows.office import photo

PASSPHRASE: Final = "correct horse battery staple"  # noqa: S105 - of registers that tests make
SCHOOL: Final = "500123"
FACTORY: Final = "500777"
COLLEGE: Final = "500888"
NO_VARIABLES: Final = dict.fromkeys(
    (
        settings.DATA,
        settings.DATABASE_URL,
        settings.PASSPHRASE,
        settings.PASSPHRASE_FILE,
        settings.ROOT_PASSPHRASE,
        settings.ROOT_PASSPHRASE_FILE,
        settings.NEW_PASSPHRASE,
        settings.TOKEN,
        settings.TOKEN_PIN,
        settings.TOKEN_PIN_FILE,
        settings.ROOT_PIN,
        settings.ROOT_PIN_FILE,
        settings.TRUSTED_PROXIES,
        settings.FONTS,
    )
)
"""The variables the command reads, unset."""

TODAY: Final = effects.real().today()

Cell: TypeAlias = str | float | date
Person: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any shape JSON may have
        """The answer with ``--json``: one text on one line."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def json_lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def refusal(self) -> str:
        """The code of the refusal, which ends the text for people."""
        assert self.code == 1, self
        assert "Traceback" not in self.err
        last = self.err.rstrip().splitlines()[-1]
        return last.rpartition("[")[2].removesuffix("]")


@dataclass(frozen=True)
class Desk:
    """A folder with ``data`` in it, and the command to run there."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def run(self, *words: str, stdin: str | bytes | None = None, **env: str) -> Answer:
        """Run the command on this desk's data; what is no refusal of ours comes through as it was raised."""
        return self.run_on(self.data, *words, stdin=stdin, **env)

    def run_on(self, data: Path, *words: str, stdin: str | bytes | None = None, **env: str) -> Answer:
        result = CliRunner().invoke(
            main, ["--data", str(data), *words], input=stdin, env={**NO_VARIABLES, **env}, catch_exceptions=False
        )
        return Answer(result.exit_code, result.stdout, result.stderr)

    def done(self, *words: str, stdin: str | None = None) -> Answer:
        """Run a command that does what it is told."""
        answer = self.run(*words, stdin=stdin)
        assert answer.code == 0, answer
        return answer

    def issue(self, *people: Person, name: str = "roster.xlsx", words: Sequence[str] = ()) -> Answer:
        """Issue cards to people, as a clerk would, with ``--json``."""
        roster = self.folder / name
        write_roster(roster, people)
        write_photos(self.folder / "photos", people)
        return self.run("issue", str(roster), "--photos", self.path("photos"), *REVIEWED, "--json", *words)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What the QR codes of the cards say that came with the desk, by card number."""
        texts: dict[str, str] = json.loads((self.folder / "texts.json").read_text("utf-8"))
        return texts


REVIEWED: Final = ("--reviewed-by", "李审核")


def resident_id(sequence: int, born: str = "19850312") -> str:
    """An identity number that is nobody's: area 509901 was never given to a place. An odd sequence is a man's."""
    body = f"509901{born}{sequence:03d}"
    return body + check_digit(body)


def assessor(name: str, sequence: int, **cells: Cell) -> dict[str, Cell]:
    return {
        "姓名": name,
        "身份证号": resident_id(sequence),
        "类别": "考评员",
        "职业工种": "6-31-01-03 电工",
        "工作单位": "重庆市某某机械有限公司",
        "认证日期": TODAY - timedelta(days=20),
        "理论成绩": 81,
        "技能成绩": 87.5,
        "证书等级": "3",
        "从业年限": 9,
        "在职人社": "否",
        **cells,
    }


def supervisor(name: str, sequence: int, **cells: Cell) -> dict[str, Cell]:
    return {
        "姓名": name,
        "身份证号": resident_id(sequence),
        "类别": "外督",
        "工作单位": "重庆市渝北区职业技能鉴定指导中心",
        "认证日期": TODAY - timedelta(days=20),
        "认证成绩": 88,
        **cells,
    }


def internal(name: str, sequence: int, **cells: Cell) -> dict[str, Cell]:
    return supervisor(name, sequence, **({"类别": "内督", "机构代码": SCHOOL, "本机构在职": "是"} | cells))


def write_roster(path: Path, people: Sequence[Person], change: Callable[[Any], None] | None = None) -> None:
    """Write a spreadsheet with the headings the people need."""
    headings = list(dict.fromkeys(heading for person in people for heading in person))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(headings)
    for person in people:
        sheet.append([person.get(heading) for heading in headings])
    if change is not None:
        change(sheet)
    book.save(path)


def write_photos(folder: Path, people: Sequence[Person]) -> None:
    """Write a photo of everyone, named for the identity number."""
    folder.mkdir(exist_ok=True)
    for index, person in enumerate(people):
        (folder / f"{person['身份证号']}.jpg").write_bytes(photo(index % 3))
