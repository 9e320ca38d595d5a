"""``webhook``: addresses that are told, what was sent, and sending it again."""

from __future__ import annotations

import pytest

from tests.cli.desk import SCHOOL, Desk


def test_an_address_is_entered_told_and_taken_away(desk: Desk) -> None:
    made = desk.done("webhook", "add", "https://hooks.example.cn/", "--json").json
    assert made["secret"].startswith("whsec_")
    assert (made["id"], made["institution"], "card.voided" in made["topics"]) == (1, None, True)
    own = desk.done(
        "webhook", "add", "mailto:a@example.cn", "--topic", "card.issued", "--institution", SCHOOL, "--json"
    )
    assert (own.json["institution"], own.json["topics"]) == (SCHOOL, ["card.issued"])
    assert [one["id"] for one in desk.done("webhook", "list", "--json").json] == [1, 2]
    assert [one["id"] for one in desk.done("webhook", "list", "--institution", SCHOOL, "--json").json] == [2]
    assert made["secret"] not in desk.done("webhook", "list").out

    number = next(iter(desk.texts))
    desk.done("void", number, "--reason", "印错")
    (sent,) = desk.done("webhook", "deliveries", "1", "--json").json
    assert (sent["topic"], sent["number"], sent["attempts"]) == ("card.voided", number, 0)
    desk.done("webhook", "resend", "1", str(sent["id"]))
    assert number in desk.done("webhook", "deliveries", "1").out

    desk.done("webhook", "remove", "1")
    assert [one["id"] for one in desk.done("webhook", "list", "--json").json] == [2]
    assert desk.done("audit", "verify").out.count("全部相符") == 1


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("add", "ftp://hooks.example.cn/"), "webhook-address"),
        (("add", "https://hooks.example.cn/", "--institution", "999999"), "no-such-institution"),
        (("remove", "7"), "no-such-webhook"),
        (("deliveries", "7"), "no-such-webhook"),
        (("enable", "7"), "no-such-webhook"),
        (("resend", "7", "1"), "no-such-webhook"),
        (("resend", "7", "x"), "request-invalid"),
    ],
)
def test_what_cannot_be_done_is_refused(desk: Desk, words: tuple[str, ...], refusal: str) -> None:
    assert desk.run("webhook", *words).refusal == refusal
    assert desk.done("webhook", "list", "--json").json == []
