"""A hand-held scanner types a code and Enter; a person types too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.js.app import APP, run_module

CODE = "https://zk.example.cn/1#01234567890123456789"
TYPE = """
const wedge = new app.Wedge()
const heard = []
let at = 1000
for (const [text, pause] of given) {
  for (const key of Array.isArray(text) ? text : [...text]) heard.push(wedge.key(key, at += pause))
}
give(heard.filter((one) => one !== null))
"""


def heard(*typed: tuple[str | list[str], int]) -> list[str]:
    """Return the codes that were heard; each part is typed with a pause in milliseconds before every key."""
    found: list[str] = run_module("wedge.js", TYPE, typed)
    return found


@pytest.mark.parametrize("pause", [0, 5, 150])
def test_a_code_that_is_typed_fast_is_heard_when_enter_ends_it(pause: int) -> None:
    assert heard((CODE, pause), (["Enter"], pause)) == [CODE]


def test_what_a_person_types_is_not_a_code() -> None:
    assert heard((CODE, 151), (["Enter"], 151)) == []
    assert heard((CODE, 5), (["Enter"], 1001)) == [], "and pressing Enter later does not make it one"


def test_a_scanner_may_stop_to_think() -> None:
    assert heard((CODE[:20], 5), (CODE[20], 500), (CODE[21:], 5), (["Enter"], 500)) == [CODE]
    assert heard((CODE[:20], 5), (CODE[20], 1001), (CODE[21:], 5), (["Enter"], 5)) != [CODE]


def test_a_tab_ends_a_code_that_is_whole_and_nothing_else() -> None:
    whole = "https://zk.example.cn/1#" + "0123456789" * 8
    assert heard((whole, 5), (["Tab"], 5)) == [whole]
    assert heard(("some words here", 5), (["Tab"], 5)) == []


def test_keys_that_an_input_method_swallows_are_noticed() -> None:
    script = """
    const wedge = new app.Wedge()
    let at = 0
    const seen = given.map((pause) => { wedge.key('Process', at += pause); return wedge.isSwallowed })
    give(seen)
    """
    assert run_module("wedge.js", script, [5] * 7) == [False] * 5 + [True] * 2
    assert not any(run_module("wedge.js", script, [120] * 20)), "a person writes Chinese"


def test_what_is_too_short_is_not_a_code() -> None:
    assert heard(("1234567890a", 5), (["Enter"], 5)) == []
    assert heard(("1234567890ab", 5), (["Enter"], 5)) == ["1234567890ab"]


def test_what_was_typed_before_is_no_part_of_a_code() -> None:
    assert heard(("some words", 400), (CODE, 5)) == []
    assert heard(("some words", 5), ("h", 400), (CODE[1:], 5), (["Enter"], 5)) == [CODE]


def test_one_code_after_the_other_is_heard_for_itself() -> None:
    assert heard((CODE, 5), (["Enter"], 5), (CODE + "9", 5), (["Enter"], 5)) == [CODE, CODE + "9"]


def test_keys_that_type_nothing_are_no_part_of_a_code() -> None:
    silent, enter = ["Shift", "CapsLock", "Tab"], ["Enter"]
    assert heard((silent, 5), (CODE[:9], 5), (silent, 5), (CODE[9:], 5), (enter, 5)) == [CODE]


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("HTTPS://ZK.EXAMPLE.CN/1#0123", "https://zk.example.cn/1#0123"),
        ("  https://zk.example.cn/1#0123\r", "https://zk.example.cn/1#0123"),
        ("ｈｔｔｐｓ：／／ｚｋ．ｅｘａｍｐｌｅ．ｃｎ／１＃０１２３", "https://zk.example.cn/1#0123"),
        ("https://zk.example.cn/A#aB", "https://zk.example.cn/A#aB"),
        ("R50260001ABCD", "R50260001ABCD"),
        ("]Q3https://zk.example.cn/1#0123", "https://zk.example.cn/1#0123"),
        ("]Q1HTTPS://ZK.EXAMPLE.CN/1#0123", "https://zk.example.cn/1#0123"),
        ("】Ｑ３https：、、zk。example。cn、1＃0123", "https://zk.example.cn/1#0123"),
        ("some wordshttps://zk.example.cn/1#0123", "https://zk.example.cn/1#0123"),
        ("HTTP://ZK.EXAMPLE.CN/1#0123", "HTTP://ZK.EXAMPLE.CN/1#0123"),
    ],
)
def test_only_what_a_keyboard_does_to_an_address_is_undone(typed: str, tidied: str) -> None:
    assert run_module("wedge.js", "give(app.tidied(given))", typed) == tidied


@pytest.mark.parametrize("path", sorted(APP.glob("*.js")), ids=lambda path: path.name)
def test_no_line_of_the_scanner_is_too_long_to_read(path: Path) -> None:
    assert max(map(len, path.read_text("utf-8").splitlines())) <= 120


def test_nonces_are_random_and_whole() -> None:
    found = run_module("queue.js", "give(Array.from({ length: 50 }, app.newNonce))")
    assert len(set(found)) == 50
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in found)
