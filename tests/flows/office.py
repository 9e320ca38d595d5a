"""An office for the tests of the use cases: a register with a clock that is set, institutions, applicants, photos."""

from __future__ import annotations

import atexit
import io
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

from keys.keyring import Purpose
from keys.sealing import KdfCost
from keys.signer import Signer
from service.domain.application import Cell, RawRow
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.domain.issuer import Institution
from service.domain.journal import parse_entry
from service.domain.people import check_digit
from service.domain.verdict import Verdict
from service.domain.verdict_words import Word
from service.effects import Effects
from service.flows.cards.print_cards import card_text
from service.flows.checking.verify import verify_text
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.outcome import Outcome
from service.flows.keys.key_ceremony import Promotion, introduce_key, promote_key, unlock_root
from service.flows.people.authorities import AuthorityRequest, add_authority
from service.flows.people.institutions import add_institution
from service.flows.register import Register, open_register
from service.flows.running.audit import export_journal
from service.flows.running.set_up import ROOT_FILE, set_up
from service.flows.shipped import shipped_jurisdiction
from service.roster.photo_files import PhotoFiles, open_archive
from service.settings import Settings
from service.store import cards
from tests.domain.applicants import ROWS, certified_for

CHEAP: Final = KdfCost(passes=1, memory_kib=8, lanes=1)
PASSPHRASE: Final = b"correct horse battery staple"
NOON: Final = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)  # noon in Shanghai
SCHOOL: Final = Institution("500123", "S", "重庆市某某职业技能培训学校", "渝北区人力资源和社会保障局")
AUTHORITIES: Final = (str(SCHOOL.authority), "江北区人力资源和社会保障局", "荣昌区人社局")
FACTORY: Final = Institution("500777", "Y", "重庆市某某机械集团")
KINDS: Final = ("senior", "standard", "special_skill", "external", "internal")
ACTOR: Final = "office"
ROOT_PASSPHRASE: Final = b"another horse in another stable"


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)

    def set_to(self, on: date, hour: int = 12) -> None:
        """Set the clock to an hour of a day in Shanghai."""
        self.now = datetime(on.year, on.month, on.day, hour, tzinfo=UTC) - timedelta(hours=8)


@dataclass(slots=True)
class Office:
    """A register and those who work with it. ``effects`` may be shared by threads: the clock stands."""

    settings: Settings
    clock: Clock = field(default_factory=Clock)
    random: Random = field(default_factory=lambda: Random(7))
    register: Register = field(init=False)

    @property
    def effects(self) -> Effects:
        return Effects(lambda: self.clock.now, self.random.randbytes)

    @property
    def today(self) -> date:
        return self.effects.today()

    def open(self) -> Register:
        self.register = open_register(self.settings, self.effects)
        return self.register

    def issue(
        self,
        *rows: RawRow,
        photos: PhotoFiles | None = None,
        issued_on: date | None = None,
        issuer: str | None = None,
        key: str | None = None,
        dry_run: bool = False,
        all_or_nothing: bool = False,
        new_job_types: Iterable[str] = (),
    ) -> Outcome:
        """Issue a batch; everybody has sent a good photo unless told otherwise."""
        request = Request(
            rows=rows,
            photos=photos_of(*rows) if photos is None else photos,
            actor=ACTOR,
            issuer=issuer,
            issued_on=issued_on,
            reviewed_by="李审核",
            dry_run=dry_run,
            all_or_nothing=all_or_nothing,
            key=key,
            new_job_types=tuple(new_job_types),
        )
        return issue_batch(self.register, request)

    def issue_one(self, row: RawRow, issued_on: date | None = None) -> CardNumber:
        """Issue one card, which nothing speaks against."""
        outcome = self.issue(row, issued_on=issued_on)
        assert not outcome.refused, outcome.refused
        (issued,) = outcome.issued
        return CardNumber(issued.number or "")

    def text(self, number: CardNumber) -> str:
        """What the QR code on the card says."""
        return card_text(self.register, number)

    def card(self, number: CardNumber) -> Card:
        """The card as the register has it."""
        with self.register.database.read() as connection:
            found = cards.get(connection, number)
        assert found is not None
        return found.card

    def check(self, number: CardNumber) -> Word:
        """Check the card with its QR code, at the register."""
        return self.verdict(self.text(number)).verdict

    def verdict(self, text: str) -> Verdict:
        return verify_text(self.register, text)

    def root(self) -> Signer:
        return unlock_root(self.register, self.settings.data / ROOT_FILE, ROOT_PASSPHRASE)

    def rotate(self, *purposes: Purpose) -> None:
        """Let a new key sign from now on."""
        root = self.root()
        for purpose in purposes:
            introduce_key(self.register, purpose, root, ACTOR)
            promote_key(self.register, Promotion(purpose, at_once=True), root, ACTOR)

    def move_to(self, on: date) -> None:
        """Let years pass; the office rotates its keys, which sign for a year only."""
        self.clock.set_to(on)
        self.rotate(*Purpose)

    def events(self) -> list[Event]:
        """All that the journal says has happened."""
        return [parse_entry(entry).event for entry in export_journal(self.register)]


def settings_of(folder: Path, database_url: str) -> Settings:
    return Settings(folder, database_url, passphrase=PASSPHRASE, root_passphrase=ROOT_PASSPHRASE, password_cost=CHEAP)


def make_office(folder: Path, database_url: str, *, jurisdiction: str = "chongqing") -> Office:
    """Set a register up in an empty folder and an empty database, and enter two institutions.

    What has once been set up with a SQLite file beside it is copied from then on.
    """
    if database_url != _beside(folder):
        return _set_up(folder, database_url, jurisdiction)
    shutil.copytree(_template(jurisdiction), folder, dirs_exist_ok=True)
    return reopened(folder, database_url)


def reopened(folder: Path, database_url: str, seed: int = 11) -> Office:
    """Open a copy of an office; its entropy has to be another than that of whoever worked in what was copied."""
    office = Office(settings_of(folder, database_url), random=Random(seed))
    office.open()
    return office


@cache
def _template(jurisdiction: str) -> Path:
    kept = TemporaryDirectory(prefix="zhengka-office-")
    atexit.register(kept.cleanup)
    folder = Path(kept.name) / "data"
    _set_up(folder, _beside(folder), jurisdiction).register.close()
    return folder


def _beside(folder: Path) -> str:
    return f"sqlite:///{folder / 'register.db'}"


def _set_up(folder: Path, database_url: str, jurisdiction: str) -> Office:
    office = Office(settings_of(folder, database_url))
    set_up(office.settings, office.effects, jurisdiction_text=shipped_jurisdiction(jurisdiction), cost=CHEAP)
    enter_bodies(office.open())
    return office


def enter_bodies(register: Register) -> None:
    """Enter the authorities and the two institutions."""
    for authority in AUTHORITIES:
        add_authority(register, AuthorityRequest(authority), ACTOR)
    for institution in (SCHOOL, FACTORY):
        add_institution(register, institution, ACTOR)


def resident_id(person: int) -> str:
    """The identity number of the person with this running number: a man for an odd one, a woman for an even one."""
    born = date(1975, 1, 1) + timedelta(days=person // 1000)
    first17 = f"500101{born:%Y%m%d}{person % 1000:03d}"
    return first17 + check_digit(first17)


def applicant(kind: str, /, person: int, row: int | None = None, **changes: Cell) -> RawRow:
    """A well-formed row of a kind for a person; some cells may be changed, ``None`` empties one."""
    cells = {
        **ROWS[kind],
        "name": name_of(person),
        "resident_id": resident_id(person),
        "reviewed_by": None,
        **certified_for(changes),
    }
    return RawRow(
        person + 1 if row is None else row, {field: cell for field, cell in cells.items() if cell is not None}
    )


_SURNAMES: Final = "王李张刘陈杨赵黄周吴"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋"


def name_of(person: int) -> str:
    """A name of three characters, the same for the same person."""
    return _SURNAMES[person % 10] + _GIVEN[person // 10 % 10] + _GIVEN[person // 100 % 10]


def one_of_each(first: int = 1) -> tuple[RawRow, ...]:
    """A row of each kind, of five people."""
    return tuple(applicant(kind, person) for person, kind in enumerate(KINDS, first))


@cache
def photo(shade: int = 0, size: tuple[int, int] = (295, 413), mode: str = "RGB") -> bytes:
    """A JPEG with a coloured slope; of this size it is taken as it is."""
    slope = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", (slope, slope.point(lambda value: 255 - value), Image.new("L", size, 40 + shade)))
    buffer = io.BytesIO()
    picture.convert(mode).save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def photos_of(*rows: RawRow, **other: bytes) -> PhotoFiles:
    """A good photo of everybody, named by identity number, in an archive; ``other`` by name and content."""
    files = {f"{row.cells['resident_id']}.jpg": photo(place % 3) for place, row in enumerate(rows)}
    return archive_of(files | {f"{name}.jpg": content for name, content in other.items()})


def archive_of(files: Mapping[str, bytes]) -> PhotoFiles:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return open_archive(buffer.getvalue())


def numbers_of(outcome: Outcome) -> list[str | None]:
    return [row.number for row in outcome.issued]


def codes_of(outcome: Outcome) -> dict[int, list[str]]:
    """Codes of what each refused row is refused for."""
    return {row.row: [problem.code for problem in row.problems] for row in outcome.refused}


def words_of(office: Office, numbers: Iterable[CardNumber]) -> list[Word]:
    return [office.check(number) for number in numbers]
