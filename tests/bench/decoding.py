"""``python -m tests.bench.decoding``: how many damaged frames still read, with a portrait in the code and without.

Ten people get their cards twice, once with consent and once without; their backs are drawn as they are printed and
photographed in 480 frames of each kind (``frames``): eight damages, six distances, ten cards, the two kinds damaged
alike. Each frame is tried by zxing-wasm under node with the scanner's own options, then enlarged 1.5 times as the
scanner does, and by zxing-cpp as the command ``verify`` does. A code counts as read only if its text is right.
"""

from __future__ import annotations

import itertools
import json
import struct
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Final

import pypdfium2
import zxingcpp
from PIL import Image

from cardlayout.impose import Sheet
from cardlayout.render import Job
from keys.sealing import KdfCost
from service.demo.people import INSTITUTIONS, SamplePerson, people
from service.demo.sample import write_photos, write_roster
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import CardKind
from service.domain.validity import civil_date
from service.effects import Effects
from service.flows.cards.print_cards import Printing, card_text, numbers_of_batch, print_cards
from service.flows.checking.read_codes import codes_of_image
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.portraits import set_portrait_in_code
from service.flows.people.authorities import AuthorityRequest, add_authority
from service.flows.people.institutions import add_institution
from service.flows.register import Register, open_register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.roster.photo_files import open_photos
from service.roster.reader import read_roster
from service.settings import Settings
from tests.bench.frames import DAMAGES, DENSITIES, Page, frame

SEED: Final = 2026
NOON: Final = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
CARDS_OF: Final = {CardKind.SPECIAL_SKILL: 2, CardKind.STANDARD: 4, CardKind.EXTERNAL: 2, CardKind.INTERNAL: 2}
CARDS: Final = sum(CARDS_OF.values())
SCAN_DPI: Final = 600
SECOND_TRY: Final = 1.5  # pictures.js
ACTOR: Final = "bench"
PASSPHRASE: Final = b"correct horse battery staple"
KINDS: Final = ("without", "with")
LEAST_RATE: Final = 0.7
"""Of the scanner's, over all frames of either kind: what is promised."""


@dataclass(frozen=True, slots=True)
class CardBack:
    """A printed back, the text of its code, and the code's side without quiet zone, mm."""

    page: Page
    text: str
    side: float


@dataclass(frozen=True, slots=True)
class Shot:
    """What became of one frame."""

    kind: str
    damage: str
    density: int
    wasm_once: bool
    wasm: bool
    cpp: bool


READERS: Final[Sequence[Callable[[Shot], bool]]] = (
    attrgetter("wasm"),
    attrgetter("wasm_once"),
    attrgetter("cpp"),
)


class Scanner:
    """zxing-wasm under node, one process for all frames."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("decode.mjs"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def read(self, picture: Image.Image) -> str | None:
        """Decode one picture."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(struct.pack("<II", *picture.size) + picture.tobytes())
        self._process.stdin.flush()
        text: str | None = json.loads(self._process.stdout.readline())
        return text

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=60)


def main() -> int:
    """Make the cards, photograph and read them, print the tables; fail where less is read than promised."""
    with tempfile.TemporaryDirectory() as name:
        backs = {kind: make_backs(Path(name) / kind, consent=kind == "with") for kind in KINDS}
    for kind, made in backs.items():
        sides = sorted(back.side for back in made)
        print(f"{kind:>8} portrait: {len(made)} cards, code {sides[0]:.0f}-{sides[-1]:.0f} mm wide")
    shots = take(backs)
    frames = len(shots) // len(KINDS)
    print(f"{frames} frames of each kind, seed {SEED}; per cent read, without | with portrait in the code\n")
    print(f"{'':<16}{'frames':>7}{'scanner':>16}{'its first try':>16}{'zxing-cpp':>16}")
    print("damage")
    _print_rows(shots, lambda shot: shot.damage)
    print("px/mm")
    _print_rows(shots, lambda shot: f"{shot.density} px/mm")
    print("all")
    _print_rows(shots, lambda _: "")
    rates = {kind: _rate([shot.wasm for shot in shots if shot.kind == kind]) for kind in KINDS}
    kept = min(rates.values()) >= LEAST_RATE
    print(
        f"  {'kept  ' if kept else 'BROKEN'}  the scanner reads at least {LEAST_RATE:.0%} of the frames of either kind"
    )
    return 0 if kept else 1


def make_backs(folder: Path, *, consent: bool) -> list[CardBack]:
    """Issue cards to the first of the sample people of each kind, and print them."""
    folder.mkdir()
    settings = Settings(folder, f"sqlite:///{folder / 'bench.sqlite'}", passphrase=PASSPHRASE)
    machine = Effects(lambda: NOON, Random(SEED).randbytes)
    cost = KdfCost(passes=1, memory_kib=8, lanes=1)
    set_up(settings, machine, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=cost)
    with open_register(settings, machine) as register:
        for named in sorted({authority for *_, authority in INSTITUTIONS}):
            add_authority(register, AuthorityRequest(named), ACTOR)
        for code, letter, name, authority in INSTITUTIONS:
            add_institution(register, Institution(code, letter, name, authority), ACTOR)
        for issuer in (CENTRE, *(code for code, *_ in INSTITUTIONS)):
            set_portrait_in_code(register, issuer, ACTOR, on=True)
        return _printed(register, folder, _chosen(consent=consent))


def _chosen(*, consent: bool) -> list[SamplePerson]:
    """Choose people of every kind but the seniors, whose cards are like other assessors'."""
    by_kind: defaultdict[CardKind, list[SamplePerson]] = defaultdict(list)
    for person in people(civil_date(NOON)):
        by_kind[person.kind].append(person)
    answer = {"照片入码同意": "是" if consent else "否"}
    return [
        SamplePerson(one.name, one.sex, one.birth_on, one.kind, one.resident_id, {**one.cells, **answer})
        for kind, count in CARDS_OF.items()
        for one in by_kind[kind][:count]
    ]


def _printed(register: Register, folder: Path, chosen: Sequence[SamplePerson]) -> list[CardBack]:
    today = register.effects.today()
    write_roster(folder / "roster.xlsx", chosen, today)
    write_photos(folder / "photos", chosen, today)
    roster = read_roster((folder / "roster.xlsx").read_bytes())
    with open_photos(folder / "photos") as photos:
        request = Request(rows=roster.open_rows, photos=photos, actor=ACTOR, reviewed_by="周审核")
        outcome = issue_batch(register, request)
    assert len(outcome.issued) == CARDS, outcome.refused
    assert outcome.batch is not None
    numbers = numbers_of_batch(register, outcome.batch)
    out = BytesIO()
    print_cards(register, Printing(numbers, Job("bench", Sheet.SINGLE)), out, actor=ACTOR)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        return [_back(document, 2 * index + 1, card_text(register, number)) for index, number in enumerate(numbers)]


def _back(document: pypdfium2.PdfDocument, page: int, text: str) -> CardBack:
    scale = SCAN_DPI / 72
    drawn = document[page].render(scale=scale, grayscale=True)  # pyright: ignore[reportArgumentType] - takes any number
    picture: Image.Image = drawn.to_pil().convert("L")
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    assert code.text == text
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    density = SCAN_DPI / 25.4
    middle = (sum(corner.x for corner in corners) / 4, sum(corner.y for corner in corners) / 4)
    return CardBack(Page(picture, middle, density), text, (at.top_right.x - at.top_left.x) / density)


def take(backs: dict[str, list[CardBack]]) -> list[Shot]:
    """Photograph and read every card in every way; both kinds of a card meet the same fate."""
    scanner = Scanner()
    shots: list[Shot] = []
    ways = list(itertools.product(enumerate(DAMAGES), DENSITIES, range(CARDS)))
    for done, ((which, damage), density, card) in enumerate(ways, 1):
        for kind in KINDS:
            back = backs[kind][card]
            picture = frame(back.page, density, damage, (SEED, which, density, card))
            once = scanner.read(picture) == back.text
            larger = (round(picture.width * SECOND_TRY), round(picture.height * SECOND_TRY))
            twice = once or scanner.read(picture.resize(larger, Image.Resampling.BILINEAR)) == back.text
            cpp = codes_of_image(picture) == [back.text]
            shots.append(Shot(kind, damage, density, once, twice, cpp))
        if sys.stderr.isatty():
            print(f"\r{done}/{len(ways)}", end="", file=sys.stderr, flush=True)
    scanner.close()
    return shots


def _print_rows(shots: Iterable[Shot], key: Callable[[Shot], str]) -> None:
    rows: defaultdict[str, list[Shot]] = defaultdict(list)
    for shot in shots:
        rows[key(shot)].append(shot)
    for name, group in rows.items():
        print(f"  {name:<14}{len(group) // len(KINDS):>7}" + "".join(f"{_column(group, read):>16}" for read in READERS))


def _column(group: Sequence[Shot], read: Callable[[Shot], bool]) -> str:
    without, with_portrait = (_rate([read(shot) for shot in group if shot.kind == kind]) for kind in KINDS)
    return f"{without:>5.0%} |{with_portrait:>5.0%}"


def _rate(read: Sequence[bool]) -> float:
    return sum(read) / len(read)


if __name__ == "__main__":
    sys.exit(main())
