"""A portrait that a holder lets into the code comes out of the browser's offline check as a picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from keys.envelope import unpack
from service.demo.faces import portrait
from service.domain.card_number import CardNumber
from service.domain.credential import decode_claims, parse_text, webp_of
from service.domain.issuer import CENTRE
from service.domain.kinds import Sex
from service.flows.issue.portraits import set_portrait_in_code
from service.flows.publishing.publish import bundle
from tests.flows.office import ACTOR, applicant, archive_of, make_office, resident_id
from tests.js.browser import run


def test_the_offline_check_gives_the_portrait_of_the_printed_photo(tmp_path: Path) -> None:
    office = make_office(tmp_path, f"sqlite:///{tmp_path / 'register.sqlite'}")
    set_portrait_in_code(office.register, CENTRE, ACTOR, on=True)
    photo = portrait(5, Sex.MALE, 44)
    with_consent = applicant("standard", 1, portrait_consent="是")
    photos = archive_of({f"{resident_id(1)}.jpg": photo})
    outcomes = office.issue(with_consent, photos=photos), office.issue(applicant("standard", 2))
    texts = [office.text(CardNumber(outcome.issued[0].number or "")) for outcome in outcomes]
    now = office.effects.now().isoformat()
    duty = {"place": None, "occupation": None, "level": None}
    (answer,) = run(
        [
            {
                "do": "open",
                "bundle": bundle(office.register).body.hex(),
                "memory": {"root": None, "next_root": None, "version": 0, "highest_iat": {}},
                "opened_at": now,
                "root": None,
                "checks": [{"text": text, "at": now, "duty": duty} for text in texts],
            }
        ]
    )
    first, second = answer["result"]["answers"]
    assert (first["verdict"]["verdict"], second["verdict"]["verdict"]) == ("valid", "valid")
    assert second["portrait"] is None
    shown = bytes.fromhex(first["portrait"])
    claims = decode_claims(unpack(parse_text(texts[0]).envelope).payload)
    assert shown == webp_of(claims.portrait or b"")
    with Image.open(io.BytesIO(shown)) as small, Image.open(io.BytesIO(photo)) as large:
        tones = [np.asarray(one.convert("L").resize((12, 16))).ravel() for one in (small, large)]
    assert np.corrcoef(tones)[0, 1] > 0.7
