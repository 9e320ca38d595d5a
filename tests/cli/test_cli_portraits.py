"""``portrait-in-code``, and ``replace --without-portrait``."""

from __future__ import annotations

from keys.envelope import unpack
from service import effects, settings
from service.domain.card_number import CardNumber
from service.domain.credential import decode_claims, parse_text
from service.flows.cards.print_cards import card_text
from service.flows.register import open_register
from tests.cli.desk import PASSPHRASE, SCHOOL, Desk, assessor


def has_portrait(desk: Desk, number: str) -> bool:
    chosen = settings.load({"ZHENGKA_PASSPHRASE": PASSPHRASE}, desk.data)
    with open_register(chosen, effects.real()) as register:
        text = card_text(register, CardNumber(number))
    return decode_claims(unpack(parse_text(text).envelope).payload).portrait is not None


def test_portraits_are_off_until_an_issuer_switches_them_on(desk: Desk) -> None:
    def switches() -> dict[str, bool]:
        return {one["issuer"]: one["on"] for one in desk.done("portrait-in-code", "show", "--json").json}

    assert not any(switches().values())
    assert desk.done("portrait-in-code", "on", "--issuer", SCHOOL, "--json").json == {"issuer": SCHOOL, "on": True}
    assert [issuer for issuer, on in switches().items() if on] == [SCHOOL]
    assert desk.done("portrait-in-code", "show", "--issuer", SCHOOL, "--json").json[0]["name"].startswith("重庆市")
    desk.done("portrait-in-code", "off", "--issuer", SCHOOL)
    assert not any(switches().values())
    assert "停用 off" in desk.done("portrait-in-code", "show").out
    assert desk.run("portrait-in-code", "on", "--issuer", "999999").refusal == "issuer-unknown"


def test_a_card_replaced_without_its_portrait_never_has_one_again(desk: Desk) -> None:
    desk.done("portrait-in-code", "on")
    issued = desk.issue(assessor("郑七", 111, 照片入码同意="是"), name="more.xlsx").json["issued"]
    number = issued[0]["number"]
    assert has_portrait(desk, number)
    desk.done("replace", number, "--reason", "damaged")
    assert has_portrait(desk, number)
    desk.done("replace", number, "--reason", "lost", "--without-portrait")
    assert not has_portrait(desk, number)
    desk.done("replace", number, "--reason", "lost")
    assert not has_portrait(desk, number)
