"""Vectors of the credential: digits, and whole cards, genuine and attacked."""

from __future__ import annotations

import hashlib
import io
from datetime import date

from PIL import Image, ImageDraw

from keys.envelope import pack
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, Claims, bitstream_of, digits_of, encode_claims, text_of
from tests.vectors import card_attacks, seeds
from tests.vectors.signing import HOST, HOSTS, Json, sign


def digits() -> Json:
    """Bytes ⇄ digits: every length of a last block at both ends of its range, and what must be refused."""
    data = [b"\x00" * size for size in range(36)] + [b"\xff" * size for size in range(1, 36)]
    data += [bytes(range(61)), hashlib.sha512(b"digits").digest() * 16]
    block_limit, tail_limit = 256**17, 256**2
    refused = {
        "block-overflow": (str(block_limit), "digits-overflow"),
        "block-all-nines": ("9" * 41, "digits-overflow"),
        "tail-overflow": (str(tail_limit), "digits-overflow"),
        "second-block-overflow": ("0" * 41 + "256", "digits-overflow"),
        **{f"tail-of-{n}": ("0" * n, "digits-length") for n in (1, 2, 4, 6, 7, 9, 11, 12, 14, 16, 18, 19, 21, 40, 42)},
        "too-many": ("0" * 2501, "digits-too-many"),
        "fullwidth": ("１２３", "digits-malformed"),
        "arabic-indic": ("١٢٣", "digits-malformed"),
        "superscript": ("1²3", "digits-malformed"),
        "underscore": ("1_2", "digits-malformed"),
        "plus-sign": ("+12", "digits-malformed"),
        "minus-zero": ("-00", "digits-malformed"),
        "space": (" 12", "digits-malformed"),
        "newline": ("12\n", "digits-malformed"),
        "hexadecimal": ("0x1", "digits-malformed"),
    }
    return {
        "about": "Bytes and the digits that stand for them; refused digits with the code of the refusal.",
        "valid": [{"bytes": item.hex(), "digits": digits_of(item)} for item in data],
        "refused": [{"name": name, "digits": text, "code": code} for name, (text, code) in refused.items()],
    }


def draw_portrait() -> bytes:
    """Draw a face of 48×64 and give its VP8 bitstream."""
    image = Image.new("L", (48, 64), 210)
    draw = ImageDraw.Draw(image)
    draw.ellipse((12, 8, 36, 40), fill=120)
    draw.ellipse((4, 44, 44, 90), fill=60)
    draw.ellipse((18, 20, 22, 24), fill=30)
    draw.ellipse((27, 20, 31, 24), fill=30)
    draw.arc((18, 24, 30, 34), 20, 160, fill=40, width=2)
    file = io.BytesIO()
    image.convert("RGB").save(file, "WEBP", quality=60, method=6)
    return bitstream_of(file.getvalue())


def sample_claims() -> dict[str, tuple[str, Claims]]:
    """Return the genuine cards: name → (test key, claims)."""

    def claims(
        number: str,
        name: str,
        index: int,
        *,
        occupations: tuple[int | str, ...] = (),
        status_list: int = 1,
        issued_on: date = date(2026, 3, 2),
        expires_on: date | None = None,
        work_unit: str | None = None,
        portrait: bytes | None = None,
    ) -> Claims:
        return Claims(
            number=CardNumber(number),
            name=name,
            occupations=occupations,
            copy_id=hashlib.sha256(f"copy {number} {index}".encode()).digest()[:8],
            status_list=status_list,
            status_index=index,
            issued_on=issued_on,
            expires_on=expires_on or issued_on.replace(year=issued_on.year + 3),
            work_unit=work_unit,
            portrait=portrait,
        )

    unit = "重庆市某某职业技能培训学校"
    return {
        "supervisor": (seeds.CARD, claims("R50260001", "张伟", 0)),
        "supervisor-with-unit": (seeds.CARD, claims("R50260002", "李秀英", 1, work_unit="重庆市职业技能鉴定指导中心")),
        "internal-with-unit": (seeds.CARD, claims("S500123260001", "欧阳娜娜", 2, work_unit=unit)),
        "internal-shorter-term": (
            seeds.CARD,
            claims("H500900260001", "王芳", 3, work_unit="某行业协会", expires_on=date(2027, 3, 1)),
        ),
        "internal-of-an-employer": (seeds.CARD, claims("Y500321260017", "赵敏", 70_000)),
        "assessor-two-coded-types": (
            seeds.CARD,
            claims("26310020001", "刘洋", 4, occupations=(6310103, 4040504)),
        ),
        "assessor-named-type": (
            seeds.CARD,
            claims("26310030001", "陈静", 5, occupations=("重庆小面制作（专项职业能力）",)),
        ),
        "assessor-mixed-types": (
            seeds.CARD,
            claims("26310010001", "杨帆", 6, occupations=(6_31_01_03, "重庆火锅调味")),
        ),
        "rare-characters": (seeds.CARD, claims("26310020002", "𬙊㛃𠮷", 7, occupations=(4_03_02_01,))),
        "long-minority-name": (seeds.CARD, claims("R50260003", "阿卜杜热合曼·买买提", 131_071)),
        "issued-on-leap-day": (
            seeds.CARD_RETIRED,
            claims("R50240001", "周杰", 8, issued_on=date(2024, 2, 29), expires_on=date(2027, 2, 28)),
        ),
        "one-day-only": (
            seeds.CARD,
            claims("S500123260002", "吴刚", 9, issued_on=date(2026, 5, 1), expires_on=date(2026, 5, 1)),
        ),
        "replacement-keeps-the-old-issue-date": (
            seeds.CARD,  # signs from 2025, the card was issued in 2024
            claims("R50240002", "郑丽", 10, issued_on=date(2024, 8, 8)),
        ),
        "second-key-of-the-same-kid": (
            seeds.CARD_SAME_KID,
            claims("R50280001", "孙悦", 11, issued_on=date(2028, 1, 5), expires_on=date(2031, 1, 5)),
        ),
        "signed-by-a-stolen-key": (seeds.CARD_STOLEN, claims("R50240003", "胡军", 12, issued_on=date(2024, 6, 15))),
        "high-status-list": (seeds.CARD, claims("R50260004", "朱琳", 77, status_list=2**32 - 1)),
        "portrait": (seeds.CARD, claims("26310020003", "马超", 13, occupations=(6310103,), portrait=draw_portrait())),
        "largest-without-portrait": (
            seeds.CARD,
            claims("S500123260003", "𬙊" * 15, 14, status_list=2**32 - 1, work_unit="测" * 30),
        ),
        "largest": (
            seeds.CARD,
            claims(
                "26310020004",
                "𬙊" * 15,
                131_070,
                status_list=2**32 - 1,
                occupations=("测" * 20, "试" * 20),
                portrait=draw_portrait() + bytes(400 - len(draw_portrait())),
            ),
        ),
    }


def cards() -> Json:
    """Whole cards: text, envelope, payload and claims; and attacks, each with the stage that must refuse it."""
    return {
        "about": "Cards by published TEST keys. Stages: text, envelope, key, signature, claims, date, host.",
        "aad": CARD_AAD.decode(),
        "hosts": list(HOSTS),
        "keys": [_key(name) for name in seeds.NAMES],
        "valid": [_valid(name, key, claims) for name, (key, claims) in sample_claims().items()],
        "refused": card_attacks.refused({name: claims for name, (_, claims) in sample_claims().items()}),
        "refused_keys": [{"name": name, "public": public.hex()} for name, public in card_attacks.bad_keys().items()],
    }


def claims_json(claims: Claims) -> Json:
    """Write claims as the vectors have them: byte strings in hexadecimal, dates in ISO 8601."""
    return {
        "number": str(claims.number),
        "name": claims.name,
        "occupations": list(claims.occupations),
        "copy_id": claims.copy_id.hex(),
        "status_list": claims.status_list,
        "status_index": claims.status_index,
        "issued_on": claims.issued_on.isoformat(),
        "expires_on": claims.expires_on.isoformat(),
        "work_unit": claims.work_unit,
        "portrait": None if claims.portrait is None else claims.portrait.hex(),
    }


def _key(name: str) -> Json:
    record = seeds.record(name)
    return {
        "name": name,
        "test_seed": seeds.seed(name).hex(),
        "public": record.public.hex(),
        "purpose": record.purpose.value,
        "signs_from": record.signs_from.isoformat(),
        "signs_until": record.signs_until.isoformat(),
        "state": record.state.value,
    }


def _valid(name: str, key: str, claims: Claims) -> Json:
    payload = encode_claims(claims)
    envelope = pack(sign(payload, key))
    return {
        "name": name,
        "key": key,
        "text": text_of(HOST, envelope),
        "envelope": envelope.hex(),
        "payload": payload.hex(),
        "claims": claims_json(claims),
    }
