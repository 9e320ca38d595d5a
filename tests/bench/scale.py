"""``python -m tests.bench.scale``: what checkers download for a million cards, and what signing it costs.

1,000,000 copies run on over eight lists; 1 % are revoked, 0.3 % replaced, 0.1 % voided, anywhere among them. Lists,
key document, names and bundle are made by the encoders and signers of the service. Sizes are what is downloaded, with
no further compression.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final

from keys.document import KeyDocument, sign_document
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.sign1 import sign_tagged
from keys.signer import Signer
from service.domain.bundle import NAMES_AAD, Bundle, Names, encode_bundle, encode_names
from service.domain.occupation import parse_catalogue
from service.domain.status_list import LIFETIME, LIST_SIZE, TTL, Status, StatusListPayload, encode_list, encode_payload
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS
from service.flows.shipped import shipped_catalogue

CARDS: Final = 1_000_000
INSTITUTIONS: Final = 2_000
SHARES: Final = {Status.REVOKED: 0.01, Status.REPLACED: 0.003, Status.VOIDED: 0.001}
HOST: Final = "zk.example.cn"
TODAY: Final = date(2026, 11, 23)
NOW: Final = 1_795_406_400
ALL_LISTS: Final = 40_000
WHOLE_BUNDLE: Final = 200_000
"""Bytes that are promised."""

_DISTRICTS: Final = [
    "万州",
    "涪陵",
    "渝中",
    "大渡口",
    "江北",
    "沙坪坝",
    "九龙坡",
    "南岸",
    "北碚",
    "綦江",
    "大足",
    "渝北",
    "巴南",
    "黔江",
    "长寿",
    "江津",
    "合川",
    "永川",
    "南川",
    "璧山",
]
_TRADES: Final = [
    "智能制造",
    "现代服务",
    "建筑工程",
    "汽车维修",
    "电子信息",
    "餐饮烹饪",
    "医养健康",
    "交通运输",
    "化工能源",
    "农业技术",
]
_KINDS: Final = ["职业技能培训学校", "技工学校", "高级技工学校", "人力资源服务有限公司", "职业技术学院"]


def entries(cards: int) -> Iterator[bytes]:
    """Pack the lists of so many copies."""
    random = Random(2026)
    fates = [Status.VALID] * cards
    for fate, share in SHARES.items():
        left = round(cards * share)
        while left:
            place = random.randrange(cards)
            if fates[place] is Status.VALID:
                fates[place] = fate
                left -= 1
    for first in range(0, cards, LIST_SIZE):
        yield encode_list(dict(enumerate(fates[first : first + LIST_SIZE])))


def sign_list(packed: bytes, number: int, signer: Signer) -> bytes:
    """Sign a list as the service does."""
    payload = StatusListPayload(
        host=HOST,
        number=number,
        issued_at=NOW,
        expires_at=NOW + LIFETIME,
        ttl=TTL,
        key_document_version=12,
        entries=packed,
    )
    return sign_tagged(signer, STATUS_LIST_HEADERS, encode_payload(payload), STATUS_LIST_AAD)


def bundle_of(lists: tuple[bytes, ...], signer: Signer) -> bytes:
    """Put the bundle together: three years of keys, every occupation of the catalogue, 2,000 institutions."""
    terms = [TODAY.replace(year=TODAY.year - back) for back in range(4)]
    records = tuple(
        KeyRecord(
            purpose,
            Signer.from_private(bytes([place, back + 1]) * 16).public,
            start,
            start + timedelta(days=365),
            KeyState.RETIRED if back else KeyState.ACTIVE,
        )
        for place, purpose in enumerate(Purpose)
        for back, start in enumerate(terms)
    )
    root = Signer.from_private(bytes(range(32)))
    document = KeyDocument(
        version=12,
        issued=NOW,
        valid_until=NOW + 400 * 86_400,
        hosts=(HOST,),
        keys=records,
        next_root=None,
    )
    names = Names(
        centre="重庆市职业技能鉴定指导中心",
        institutions=dict(institutions()),
        occupations=parse_catalogue(shipped_catalogue()).names,
    )
    return encode_bundle(
        Bundle(sign_document(document, root), lists, sign_tagged(signer, {}, encode_names(names), NAMES_AAD))
    )


def institutions() -> Iterator[tuple[str, str]]:
    """Name 2,000 institutions as they are named, 18 characters or so."""
    for place in range(INSTITUTIONS):
        district = _DISTRICTS[place % len(_DISTRICTS)]
        trade = _TRADES[place // len(_DISTRICTS) % len(_TRADES)]
        yield f"5{place:05d}", f"重庆市{district}区{trade}{_KINDS[place % len(_KINDS)]}"


def main() -> int:
    """Measure, print, and fail when a promise is broken."""
    signer = Signer.from_private(bytes(32))
    packed = tuple(entries(CARDS))
    start = time.process_time()
    lists = tuple(sign_list(one, number, signer) for number, one in enumerate(packed, 1))
    spent = time.process_time() - start
    bundle = bundle_of(lists, signer)
    together = sum(map(len, lists))
    shares = ", ".join(f"{share:.1%} {fate.name.lower()}" for fate, share in SHARES.items())
    print(f"{CARDS:,} cards in {len(lists)} lists ({shares})")
    print(f"  all lists together  {together:>8,} bytes   (promised: under {ALL_LISTS:,})")
    print(f"  bundle              {len(bundle):>8,} bytes   (promised: under {WHOLE_BUNDLE:,}; {INSTITUTIONS:,} names)")
    print(f"  compressing and signing all lists: {spent * 1e3:.0f} ms of CPU, {spent / len(lists) * 1e3:.1f} ms each")
    kept = together < ALL_LISTS and len(bundle) < WHOLE_BUNDLE
    print(f"  {'kept' if kept else 'BROKEN'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
