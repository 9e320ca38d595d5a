"""Vectors of the whole offline check: bundles, texts, clocks, questions and what was accepted before → the verdicts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

import cbor2
import msgspec
from msgspec import structs

from keys.document import KeyDocument, sign_document
from keys.envelope import pack
from keys.errors import KeysError
from keys.identity import fingerprint
from keys.sign1 import sign_tagged
from service.domain.bundle import NAMES_AAD, Bundle, BundleInvalid, Names, encode_bundle, encode_names
from service.domain.card_number import CardNumber
from service.domain.credential import Claims, encode_claims, text_of, webp_of
from service.domain.fitness import Duty
from service.domain.kinds import SkillLevel
from service.domain.status_list import LIFETIME, TTL, Status, StatusListPayload, encode_list, encode_payload
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS
from tests.vectors import seeds
from tests.vectors.card_vectors import draw_portrait
from tests.vectors.fitness_vectors import duty_json, duty_of
from tests.vectors.signing import HOST, HOSTS, Json, sign

T0: Final = 1_780_000_000  # 28 May 2026, 20:26:40 UTC: 29 May in Shanghai
HOUR: Final = 3600
DAY: Final = 24 * HOUR
ROOT: Final = fingerprint(seeds.signer(seeds.ROOT).public)
NEXT_ROOT: Final = fingerprint(seeds.signer(seeds.NEXT_ROOT).public)
PLACE: Final = "500123"
NEW: Final = Memory()
ASKED: Final = Duty(PLACE, "6-31-01-03", SkillLevel.THREE)


@dataclass(frozen=True)
class Look:
    """One card held up: the text's name, seconds after T0, the question."""

    text: str
    after: float = HOUR
    duty: Duty = field(default_factory=Duty)


@dataclass(frozen=True)
class Case:
    """A bundle opened, and what is then looked at."""

    name: str
    bundle: str = "current"
    memory: Memory = NEW
    after: int = HOUR
    root: str | None = None
    looks: tuple[Look, ...] = (Look("assessor"), Look("revoked"))


def verdicts() -> Json:
    """Return all cases with the texts and bundles they use."""
    about = "Offline checks by published TEST keys: what is opened with which memory, and the verdicts it gives."
    return verdicts_of(about, bundles(), dict(_texts()), _cases(), with_keys=False)


def verdicts_of(
    about: str, files: Mapping[str, bytes], texts: Mapping[str, Json], cases: Iterable[Case], *, with_keys: bool
) -> Json:
    """Return cases with the texts and bundles they use; ``with_keys``: memories tell which key signed each list."""
    return {
        "about": about,
        "bundles": {name: data.hex() for name, data in files.items()},
        "texts": texts,
        "cases": [
            judged(
                {
                    "name": case.name,
                    "bundle": case.bundle,
                    "memory": memory_json(case.memory, with_keys=with_keys),
                    "opened_at": _instant(case.after),
                    "root": case.root,
                    "checks": [
                        {"text": look.text, "at": _instant(look.after), "duty": duty_json(look.duty)}
                        for look in case.looks
                    ],
                },
                files,
                {name: str(text["text"]) for name, text in texts.items()},
            )
            for case in cases
        ],
    }


def judged(case: Json, files: Mapping[str, bytes], texts: Mapping[str, str]) -> Json:
    """Add what comes out: the code of a refusal, or what is then remembered and said, with a verdict for each check."""
    memory = msgspec.convert(case["memory"], Memory, strict=False)
    try:
        checker = open_bundle(files[case["bundle"]], memory, _read(case["opened_at"]), case["root"])
    except (KeysError, BundleInvalid) as error:
        return {key: value for key, value in case.items() if key != "checks"} | {"refused": error.code}
    return case | {
        "opened": {
            "memory": memory_json(checker.memory, with_keys="signed_by" in case["memory"]),
            "root_is_new": checker.root_is_new,
            "notes": [list(note) for note in checker.notes],
        },
        "checks": [
            {key: check[key] for key in ("text", "at", "duty")}
            | {"verdict": checker.verify(texts[check["text"]], _read(check["at"]), duty_of(check["duty"])).as_json()}
            for check in case["checks"]
        ],
    }


def memory_json(memory: Memory, *, with_keys: bool) -> Json:
    """Write what is remembered as JSON has it: list numbers are text there.

    Without ``with_keys`` as checkers kept it before they noted which key had signed a list.
    """
    content: Json = structs.asdict(memory)
    for key in ("highest_iat", "signed_by"):
        content[key] = {str(number): value for number, value in content[key].items()}
    return content if with_keys else {key: value for key, value in content.items() if key != "signed_by"}


def _instant(after: float) -> str:
    return datetime.fromtimestamp(T0 + after, UTC).isoformat().replace("+00:00", "Z")


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


# The cards: name → (index in the list, its status, number, further claims)

_STATUSES: Final[Mapping[str, tuple[int, int]]] = {
    "assessor": (0, Status.VALID),
    "revoked": (1, Status.REVOKED),
    "superseded": (2, Status.SUPERSEDED),
    "replaced": (3, Status.REPLACED),
    "voided": (4, Status.VOIDED),
    "external": (5, Status.VALID),
    "internal": (6, Status.VALID),
    "of-a-status-nobody-knows": (7, 0x5),
    "never-issued": (8, Status.NEVER_ISSUED),
    "never-issued-but-new": (9, Status.NEVER_ISSUED),
    "expired": (10, Status.VALID),
    "expires-today": (11, Status.VALID),
    "not-yet-valid": (12, Status.VALID),
    "starts-today": (13, Status.VALID),
    "revoked-and-expired": (14, Status.REVOKED),
    "special-skill": (15, Status.VALID),
    "senior": (16, Status.VALID),
    "with-portrait": (17, Status.VALID),
    "by-a-retired-key": (18, Status.VALID),
    "by-a-retired-key-too-late": (19, Status.VALID),
    "by-a-stolen-key": (20, Status.VALID),
    "by-a-stolen-key-and-revoked": (21, Status.REVOKED),
    "by-the-key-of-the-same-identifier": (22, Status.VALID),
    "replaced-and-expired": (23, Status.REPLACED),
    "beyond-the-highest-index": (70, Status.NEVER_ISSUED),
}


def _claims(name: str, number: str, index: int, **changes: object) -> Claims:
    issued_on = changes.get("issued_on", date(2026, 3, 2))
    assert isinstance(issued_on, date)
    claims = Claims(
        number=CardNumber(number),
        name="欧阳娜娜",
        occupations=(6310103, "重庆小面制作") if number[0].isdigit() else (),
        copy_id=hashlib.sha256(name.encode()).digest()[:8],
        status_list=1,
        status_index=index,
        issued_on=issued_on,
        expires_on=issued_on.replace(year=issued_on.year + 3),
    )
    return replace(claims, **changes)  # type: ignore[arg-type]


def _cards() -> Iterator[tuple[str, str, Claims]]:
    """Yield the genuine cards: name, key, claims."""
    today = date(2026, 5, 29)
    unusual: dict[str, dict[str, object]] = {
        "external": {"number": "R50260001", "work_unit": "重庆市某某局"},
        "internal": {"number": "S500123260001", "work_unit": "重庆市某某学校", "expires_on": date(2027, 3, 1)},
        "superseded": {"number": "R50240009", "issued_on": date(2024, 3, 2)},
        "never-issued": {"portrait": draw_portrait()},
        "never-issued-but-new": {"issued_on": today},
        "expired": {"issued_on": date(2023, 5, 28)},
        "expires-today": {"issued_on": date(2023, 5, 29)},
        "not-yet-valid": {"issued_on": date(2026, 5, 30)},
        "starts-today": {"issued_on": today},
        "revoked-and-expired": {"issued_on": date(2023, 1, 5)},
        "replaced-and-expired": {"issued_on": date(2023, 1, 5)},
        "special-skill": {"number": "26310030001", "occupations": ("重庆小面制作（专项职业能力）",)},
        "senior": {"number": "26310010001", "occupations": (6310103,)},
        "with-portrait": {"portrait": draw_portrait()},
        "by-a-retired-key": {"key": seeds.CARD_RETIRED, "issued_on": date(2024, 12, 31)},
        "by-a-retired-key-too-late": {"key": seeds.CARD_RETIRED, "issued_on": date(2025, 1, 1)},
        "by-a-stolen-key": {"key": seeds.CARD_STOLEN, "issued_on": date(2024, 6, 10)},
        "by-a-stolen-key-and-revoked": {"key": seeds.CARD_STOLEN, "issued_on": date(2024, 6, 10)},
        "by-the-key-of-the-same-identifier": {"key": seeds.CARD_SAME_KID},
    }
    for name, (index, _) in _STATUSES.items():
        changes = unusual.get(name, {})
        key, number = changes.pop("key", seeds.CARD), changes.pop("number", f"263100200{index + 1:02d}")
        yield name, str(key), _claims(name, str(number), index, **changes)
    yield "in-list-2", seeds.CARD, _claims("in-list-2", "26310020080", 0, status_list=2)
    yield "revoked-in-list-2", seeds.CARD, _claims("revoked-in-list-2", "26310020081", 1, status_list=2)
    yield "in-list-3", seeds.CARD, _claims("in-list-3", "26310020082", 0, status_list=3)
    yield "of-a-code-without-a-name", seeds.CARD, _claims("no name", "26310020083", 0, occupations=(4040504,))
    yield "of-another-institution", seeds.CARD, _claims("other", "H500900260001", 0)


def _texts() -> Iterator[tuple[str, Json]]:
    """Yield every text: the genuine ones with what a scan keeps of them, and those that show no card."""
    good = ""
    for name, key, claims in _cards():
        text = text_of(HOST, pack(sign(encode_claims(claims), key)))
        portrait = None if claims.portrait is None else webp_of(claims.portrait).hex()
        yield name, {"text": text, "number": claims.number, "copy": claims.copy_id.hex(), "portrait": portrait}
        good = good or text
    assessor = _claims("assessor", "26310020001", 0)
    digits = good.partition("#")[2]
    bad_claims = cbor2.dumps({-1: "26310020001", -2: "张三"}, canonical=True)
    texts = {
        "by-a-stranger": text_of(HOST, pack(sign(encode_claims(assessor), seeds.STRANGER))),
        "by-a-status-key": text_of(HOST, pack(sign(encode_claims(assessor), seeds.STATUS))),
        "altered": text_of(
            HOST,
            pack(replace(sign(encode_claims(assessor)), payload=encode_claims(_claims("assessor", "26310020002", 0)))),
        ),
        "for-another-use": text_of(HOST, pack(sign(encode_claims(assessor), aad=b"zhengka/keys/1"))),
        "under-a-foreign-address": good.replace(HOST, "zk.cqpta.evil.example"),
        "signed-but-no-card": text_of(HOST, pack(sign(bad_claims))),
        "another-web-page": "https://zk.cqpta.example/about",
        "empty": "",
        "version-2": good.replace("/1#", "/2#"),
        "digit-missing": good[:-1],
        "letters-for-digits": f"https://{HOST}/1#{'x' * 60}",
        "not-an-envelope": f"https://{HOST}/1#{'0' * 41}",
        "too-long": f"https://{HOST}/1#{digits * 12}",
    }
    for name, text in texts.items():
        yield name, {"text": text, "number": None, "copy": None, "portrait": None}
    other_host = good.replace(HOST, HOSTS[1])
    genuine = {"number": str(assessor.number), "copy": assessor.copy_id.hex(), "portrait": None}
    yield "under-the-other-address", {"text": other_host, **genuine}


# The bundles


def _document(**changes: object) -> KeyDocument:
    document = KeyDocument(
        version=3, issued=T0 - DAY, valid_until=T0 + 90 * DAY, hosts=HOSTS, keys=seeds.records(), next_root=None
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def _payload(number: int, statuses: Mapping[int, int], **changes: object) -> StatusListPayload:
    payload = StatusListPayload(HOST, number, T0, T0 + LIFETIME, TTL, 3, encode_list(statuses))
    return replace(payload, **changes)  # type: ignore[arg-type]


def _first(**changes: object) -> bytes:
    return encode_payload(_payload(1, dict(_STATUSES.values()), **changes))


def _token(payload: bytes, key: str = seeds.STATUS, aad: bytes = STATUS_LIST_AAD) -> bytes:
    return sign_tagged(seeds.signer(key), STATUS_LIST_HEADERS, payload, aad)


def _flip(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def bundles() -> dict[str, bytes]:
    """Return every bundle by its name: the current one, and each with one thing changed."""
    root = seeds.signer(seeds.ROOT)
    second = _token(encode_payload(_payload(2, {0: Status.VALID, 1: Status.REVOKED})))
    names = encode_names(
        Names(
            "重庆市职业技能鉴定指导中心",
            {PLACE: "重庆市某某职业技能培训学校", "500124": "重庆市另一学校"},
            {"6-31-01-03": "电工", "6-18-01-02": "铣工"},
        )
    )
    good = Bundle(
        key_document=sign_document(_document(), root),
        status_lists=(_token(_first()), second),
        names=sign_tagged(seeds.signer(seeds.STATUS), {}, names, NAMES_AAD),
    )

    def by(**changes: object) -> bytes:
        return sign_document(_document(**changes), root)

    def lists(first: bytes, *others: bytes) -> Bundle:
        return replace(good, status_lists=(first, *others))

    def signed_names(key: str, payload: bytes = names) -> Bundle:
        return replace(good, names=sign_tagged(seeds.signer(key), {}, payload, NAMES_AAD))

    def document(data: bytes) -> Bundle:
        return replace(good, key_document=data)

    next_root = seeds.signer(seeds.NEXT_ROOT)
    later, earlier = T0 + HOUR, T0 - HOUR
    parts = {
        "current": good,
        "an-hour-older": lists(_token(_first(issued_at=earlier, expires_at=earlier + LIFETIME)), second),
        "an-hour-newer": lists(_token(_first(issued_at=later, expires_at=later + LIFETIME)), second),
        "lists-know-a-newer-document": lists(_token(_first(key_document_version=4)), second),
        "newer-document": document(by(version=4)),
        "older-document": document(by(version=2)),
        "document-announces-next-root": document(by(version=4, next_root=next_root.public)),
        "document-by-the-next-root": document(sign_document(_document(version=5), next_root)),
        "document-by-a-stranger": document(sign_document(_document(), seeds.signer(seeds.STRANGER))),
        "document-by-a-card-key": document(sign_document(_document(), seeds.signer(seeds.CARD))),
        "document-altered": document(_flip(good.key_document, len(good.key_document) - 100)),
        "document-expired": document(by(issued=T0 - 9 * DAY, valid_until=T0 + 30 * 60)),
        "document-for-another-use": document(
            sign_tagged(root, {}, cbor2.loads(good.key_document).value[2], b"zhengka/card/1", kid=root.public)
        ),
        "document-of-another-form": document(good.key_document[1:]),
        "document-without-sense": document(sign_tagged(root, {}, b"\xa0", b"zhengka/keys/1", kid=root.public)),
        "document-without-keys": document(by(keys=())),
        "document-of-other-hosts": document(by(hosts=("check.zhengka.example",))),
        "document-without-the-stolen-key": document(
            by(keys=tuple(record for record in seeds.records() if record != seeds.record(seeds.CARD_STOLEN)))
        ),
        "no-lists": replace(good, status_lists=()),
        "one-list": lists(_token(_first())),
        "list-altered": lists(_flip(good.status_lists[0], 90), second),
        "list-by-a-card-key": lists(_token(_first(), seeds.CARD), second),
        "list-by-the-journal-key": lists(_token(_first(), seeds.HEAD), second),
        "list-by-a-stranger": lists(_token(_first(), seeds.STRANGER), second),
        "list-by-the-root": lists(_token(_first(), seeds.ROOT), second),
        "list-for-another-use": lists(_token(_first(), aad=NAMES_AAD), second),
        "list-without-its-type": lists(sign_tagged(seeds.signer(seeds.STATUS), {}, _first(), STATUS_LIST_AAD), second),
        "lists-swapped": lists(second, _token(_first())),
        "list-of-another-encoding": lists(_token(cbor2.dumps(dict(reversed(cbor2.loads(_first()).items())))), second),
        "list-that-cannot-be-read": lists(_token(b"\xa0"), second),
        "list-too-short": lists(_token(_with_entries(zlib.compress(bytes(100), 9))), second),
        "list-that-never-ends": lists(_token(_with_entries(zlib.compress(bytes(9_000_000), 9))), second),
        "list-of-an-hour-from-now": lists(
            _token(_first(issued_at=T0 + 2 * HOUR, expires_at=T0 + 2 * HOUR + LIFETIME)), second
        ),
        "list-of-ten-minutes-from-now": lists(
            _token(_first(issued_at=later + 600, expires_at=later + 600 + LIFETIME)), second
        ),
        "list-of-a-little-more": lists(
            _token(_first(issued_at=later + 601, expires_at=later + 601 + LIFETIME)), second
        ),
        "list-of-last-year": lists(_token(_first(issued_at=T0 - 365 * DAY, expires_at=T0 - 358 * DAY)), second),
        "names-by-a-card-key": signed_names(seeds.CARD),
        "names-by-a-stranger": signed_names(seeds.STRANGER),
        "names-altered": replace(good, names=good.names.replace("电工".encode(), "焊工".encode())),
        "names-replaced-by-a-list": replace(good, names=second),
        "names-without-sense": signed_names(seeds.STATUS, b"\xa0"),
        "names-of-another-encoding": signed_names(
            seeds.STATUS, cbor2.dumps(dict(reversed(cbor2.loads(names).items())))
        ),
        "no-names-of-institutions": signed_names(seeds.STATUS, encode_names(Names("中心", {}, {}))),
    }
    whole = encode_bundle(good)
    return {name: encode_bundle(bundle) for name, bundle in parts.items()} | {
        "cut-short": whole[:-1],
        "a-byte-more": whole + b"\0",
        "something-else": b"PK\x03\x04",
        "nothing": b"",
        "a-part-more": b"\xa4" + whole[1:] + b"\x04\x00",
        "a-part-less": cbor2.dumps({1: good.key_document, 2: list(good.status_lists)}, canonical=True),
        "parts-unsorted": cbor2.dumps({3: good.names, 2: list(good.status_lists), 1: good.key_document}),
    }


def _with_entries(compressed: bytes) -> bytes:
    claims = cbor2.loads(_first())
    claims[65533]["lst"] = compressed
    return cbor2.dumps(claims, canonical=True)


# The cases


def _cases() -> Iterator[Case]:
    seen = Memory(ROOT, None, 3, {1: T0, 2: T0})
    everything = tuple(Look(name) for name in dict(_texts()))
    yield Case("every text", memory=seen, looks=everything)
    yield Case("every text, five days later", memory=seen, looks=tuple(Look(t.text, 5 * DAY) for t in everything))
    yield Case("every text, three weeks later", memory=seen, looks=tuple(Look(t.text, 21 * DAY) for t in everything))
    yield Case("questions", memory=seen, looks=tuple(_questions()))
    yield from _ages(seen)
    yield from _clocks(seen)
    yield from _roots(seen)
    for name in bundles():
        yield Case(f"bundle {name}, by a checker that has seen the current one", name, seen)
        yield Case(f"bundle {name}, by a new checker", name)


def _questions() -> Iterator[Look]:
    for text in ("assessor", "senior", "special-skill", "external", "internal", "revoked", "expired", "altered"):
        for duty in (ASKED, Duty("500124"), Duty(occupation="电工"), Duty(level=SkillLevel.TWO)):
            yield Look(text, duty=duty)
    for level in SkillLevel:
        yield Look("assessor", duty=Duty(PLACE, "重庆小面制作", level))
        yield Look("senior", duty=Duty(PLACE, "电工", level))
    yield Look("assessor", 2 * DAY, ASKED)
    yield Look("internal", 2 * DAY, Duty(PLACE))
    yield Look("internal", 9 * DAY, Duty("500124"))


def _ages(seen: Memory) -> Iterator[Case]:
    ages = (0, DAY - 1, DAY, LIFETIME - 1, LIFETIME, 90 * DAY, 90 * DAY + 1, 400 * DAY, 4000 * DAY)
    looks = tuple(Look(text, age) for age in ages for text in ("assessor", "revoked", "internal"))
    yield Case("a list grows old", memory=seen, looks=looks)
    yield Case("parts of a second", memory=seen, looks=(Look("assessor", DAY - 0.5), Look("assessor", LIFETIME + 0.25)))
    yield Case("opened after the list has expired", memory=seen, after=8 * DAY, looks=(Look("assessor", 8 * DAY),))
    yield Case("opened after the document has expired", memory=seen, after=91 * DAY, looks=(Look("revoked", 91 * DAY),))


def _clocks(seen: Memory) -> Iterator[Case]:
    year = 365 * DAY
    back = tuple(Look(text, -year) for text in ("assessor", "expired", "not-yet-valid", "altered", "in-list-3"))
    yield Case("clock set back after opening", memory=seen, looks=back)
    yield Case("clock set back before opening", memory=seen, after=-year, looks=back)
    yield Case("clock set back, by a new checker", after=-year, looks=back)
    ahead = structs.replace(seen, highest_iat={1: T0, 2: T0, 9: T0 + 30 * DAY})
    yield Case("a list seen elsewhere is newer than the clock", memory=ahead, looks=(Look("assessor"), Look("revoked")))
    midnight = 3 * HOUR + 33 * 60 + 20  # 29 May, 16:00 UTC: midnight in Shanghai, less the hours to it
    turning = tuple(
        Look(text, after)
        for after in (16 * HOUR + midnight - 1, 16 * HOUR + midnight)
        for text in ("expires-today", "not-yet-valid", "starts-today")
    )
    yield Case("the day turns in Shanghai", memory=seen, looks=turning)


def _roots(seen: Memory) -> Iterator[Case]:
    one = (Look("assessor"),)
    yield Case("root named", root=ROOT, looks=one)
    yield Case("root named in capitals and spaces", root=f" {ROOT.upper()}\n", looks=one)
    yield Case("another root named", root=NEXT_ROOT, looks=one)
    yield Case("another root named than the one remembered", memory=seen, root=NEXT_ROOT, looks=one)
    elsewhere = Memory(NEXT_ROOT, None, 99, {})
    yield Case("root named, the version remembered is another root's", memory=elsewhere, root=ROOT, looks=one)
    yield Case("another root remembered", memory=elsewhere, looks=one)
    newer = structs.replace(seen, version=4)
    yield Case("a newer document was seen", memory=newer, looks=one)
    yield Case("a newer document was seen under the root named", memory=newer, root=ROOT, looks=one)
    announced = structs.replace(newer, next_root=NEXT_ROOT)
    yield Case("the announced root has signed", "document-by-the-next-root", announced, looks=one)
    yield Case(
        "the announced root has signed, its version is older",
        "document-by-the-next-root",
        structs.replace(announced, version=6),
        looks=one,
    )
    yield Case("the old root signs once more before the new one", "document-announces-next-root", announced, looks=one)
    yield Case("the old root signs after its successor", "newer-document", Memory(NEXT_ROOT, None, 5, {}), looks=one)
    yield Case("the root that signs next, before it was announced", "document-by-the-next-root", seen, looks=one)
    yield Case("root named, the next one is not", "document-by-the-next-root", announced, root=ROOT, looks=one)
