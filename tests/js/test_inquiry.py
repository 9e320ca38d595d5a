"""The question on the screen and its answer: what each event does in each phase, and which answers are dropped."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.js.app import run_module

# Answers are given by hand, in whatever order; `seen` is what the screen was told.
SETTING: Final = """
const seen = []
const turns = []
let time = 0
const inquiry = new app.Inquiry({
  ask: (question, turn) => new Promise((resolve, reject) => turns.push({ question, ...turn, resolve, reject })),
  blank: (phase) => seen.push(['blank', phase]),
  show: (answer) => seen.push(['show', answer]),
  fail: (error) => seen.push(['fail', error.message]),
  now: () => time,
})
const soon = () => new Promise((resolve) => setTimeout(resolve, 0))
"""
TO: Final = {
    "idle": "",
    "asking": "inquiry.ask('A')",
    "shown": "inquiry.ask('A'); turns[0].report('a')",
    "failed": "inquiry.ask('A'); turns[0].reject(new Error('none')); await soon()",
    "away": "inquiry.ask('A'); inquiry.send('left')",
}


def tell(script: str, given: object = None) -> Any:  # noqa: ANN401 - any JSON value
    return run_module("inquiry.js", SETTING + script, given)


def test_what_every_event_does_in_every_phase() -> None:
    script = "".join(
        f"{{ turns.length = 0; inquiry.clear(); {way}; await soon(); "
        f"if (inquiry.phase !== '{phase}') throw new Error('{phase}') }}\n"
        for phase, way in TO.items()
    )
    table = tell(script + "give(app.TABLE)")
    doubtful = ("asked", "returned", "network", "aged")
    assert table.keys() == TO.keys()
    assert table["shown"] == {
        "answered": "shown",
        "cleared": "idle",
        "left": "away",
        **dict.fromkeys(doubtful, "asking"),
    }
    for phase, row in table.items():
        assert row["asked"] == "asking"
        assert set(row.values()) <= table.keys()
        assert ("answered" in row) == (phase in {"asking", "shown"}), "an answer comes to a question that is asked"


@pytest.mark.parametrize("event", ["returned", "network", "left"])
def test_a_doubtful_answer_leaves_the_screen_before_anything_else(event: str) -> None:
    phase, asked = ("away", 1) if event == "left" else ("asking", 2)
    script = f"{TO['shown']}; seen.length = 0; inquiry.send(given); give([seen, inquiry.answer, turns.length])"
    assert tell(script, event) == [[["blank", phase]], None, asked]


def test_an_answer_of_an_earlier_question_is_dropped() -> None:
    assert tell("""
      inquiry.ask('A'); inquiry.ask('B')
      turns[1].report('b'); turns[0].report('a'); turns[0].reject(new Error('none')); await soon()
      give([seen, inquiry.answer, turns[0].signal.aborted, turns[1].signal.aborted, turns[0].isOver()])
    """) == [[["blank", "asking"], ["blank", "asking"], ["show", "b"]], "b", True, False, True]


def test_nothing_comes_back_after_the_question_was_done_with_or_the_tab_was_left() -> None:
    script = "inquiry.ask('A'); {}; turns[0].report('a'); await soon(); give(seen.filter(([what]) => what === 'show'))"
    assert tell(script.format("inquiry.clear()")) == []
    assert tell(script.format("inquiry.send('left')")) == []


def test_the_same_question_asked_again_takes_only_its_own_answer() -> None:
    assert (
        tell("""
      inquiry.ask('A'); inquiry.ask('A')
      turns[0].report('old'); turns[1].report('new')
      give(inquiry.answer)
    """)
        == "new"
    )


def test_an_answer_stands_five_minutes_and_a_second_report_makes_it_no_younger() -> None:
    assert tell("""
      inquiry.ask('A'); time = 1000; turns[0].report('a')
      time = 200000; turns[0].report('with a photo')
      const age = inquiry.age
      time = 300999; inquiry.tick()
      const before = [inquiry.phase, inquiry.age]
      time = 301000; inquiry.tick()
      give([age, ...before, inquiry.phase, inquiry.age, seen[seen.length - 1], turns.length])
    """) == [199000, "shown", 299999, "asking", None, ["blank", "asking"], 2]


def test_an_old_answer_in_a_tab_nobody_looks_at_is_asked_again_when_somebody_does() -> None:
    assert tell("""
      inquiry.ask('A'); turns[0].report('a')
      time = 300000; inquiry.tick(true)
      const away = [inquiry.phase, turns.length]
      inquiry.send('returned')
      give([...away, inquiry.phase, turns.length, turns[1].question])
    """) == ["away", 1, "asking", 2, "A"]


def test_what_could_not_be_asked_is_said_and_asked_again_with_the_network() -> None:
    assert tell("""
      inquiry.ask('A'); turns[0].reject(new Error('none')); await soon()
      inquiry.send('network'); turns[1].report('a')
      give([seen, inquiry.phase])
    """) == [[["blank", "asking"], ["fail", "none"], ["blank", "asking"], ["show", "a"]], "shown"]
