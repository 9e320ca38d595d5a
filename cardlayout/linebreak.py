"""Break Chinese text into lines: where a line may end, and the best way to fill given measures.

The rules are GB/T 15834-2011 5.1 (which marks may begin or end a line) and the card's own: after the dot of a name
first, then after the parts of an institution's name, never one character alone on a last line, Latin words and numbers
whole, and at the worst a line set at 90 % of its width. Punctuation is kerned (`kerning`). Widths are in points.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise, starmap
from typing import Final

from cardlayout.kerning import EM, at_end, at_start, between

MIN_SCALE: Final = 0.9  # the narrowest horizontal scale; size and leading are never touched

_NO_LINE_START: Final = frozenset("，。、；：？！·•・…—～）］｝〕】》〉」』〗”’％,.;:?!)]}%/／ \u3000")
_NO_LINE_END: Final = frozenset("（［｛〔【《〈「『〖“‘([{")
_BRACKETS_OPEN: Final = frozenset("（［〔【([")
_BRACKETS_CLOSE: Final = frozenset("）］〕】)]")
_GOOD_AFTER: Final = frozenset("·•・，。、；：？！ \u3000")
ENUMERATION_COMMA: Final = "、"

NAME_DOT: Final = "·"

# Words common on these cards that read badly in two halves; a preference only, so the list need not be complete.
_WORDS: Final = re.compile(
    "责任|有限公司|分公司|集团|股份|职业|技术|技能|技师|培训|学校|学院|大学|中心|考核|考评员|督导员|质量|专项|能力|鉴定|评价|指导|考试|研究|人力|"
    "人才|人事|资源|社会|保障|就业|服务|家政|教育|协会|行业|管理|信息|安全|网络|系统|工程|机械|维修|制造|设备|智能|国际|电子|电力|供电|石油|"
    "天然气|汽车|自治[县州区]|土家族|苗族|城市|轨道|交通|市区|人员"
)
# Where the name of an institution has joints: after what it belongs to and after what it is.
_JOINTS: Final = re.compile("自治[县州区]|[市区县省局](?![市区县省局])|(?P<whole>公司|学校|中心|学院)")

# What a choice costs. Only the order of the sums matters: a line more is better than a word cut in two, and almost
# anything is better than squeezed characters.
_LINE: Final = 4.0
_BREAK_AFTER_WHOLE: Final = 1.5
_BREAK_AT_JOINT: Final = 2.0
_BREAK_AT_BRACKET: Final = 3.0
_BREAK_IN_TEXT: Final = 6.0
_BREAK_IN_WORD: Final = 9.0
_BREAK_IN_NAME: Final = 40.0  # within a part of a name that has parts
_BREAK_IN_RUN: Final = 40.0
_ITEM_INSIDE_LINE: Final = 5.0
_SQUEEZED: Final = 16.0  # and as much again for a tenth


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line: its text, its natural width without trailing spaces, and its horizontal scale."""

    text: str
    width: float
    scale: float


@dataclass(frozen=True, slots=True)
class Setting:
    """A text broken into lines, and how far that is from ideal."""

    lines: tuple[SetLine, ...]
    cost: float


class Paragraph:
    """A text with its possible breaks and the widths between them, measured once."""

    def __init__(self, text: str, width: Callable[[str], float]) -> None:
        """Measure the text with `width`, which returns the points that a character takes."""
        self.text = text
        self._em = em = width(EM)
        self._starts = [em * at_start(character) for character in text]
        self._ends = [em * at_end(character) for character in text]
        self._kerns = (0.0, *(em * between(*pair) for pair in pairwise(text)))
        advances = [width(character) - kern for character, kern in zip(text, self._kerns, strict=False)]
        self._edges = (0.0, *accumulate(advances))
        inks = (0.0 if character.isspace() else advance for character, advance in zip(text, advances, strict=True))
        self._ink_after = (0.0, *accumulate(reversed(tuple(inks))))[::-1]
        preferences = _preferences(text)
        self._costs = (math.inf, *(_break_cost(text, at, preferences) for at in range(1, len(text))), 0.0)
        self._runs = tuple(_runs(text))
        self._last_from = _last_line_start(text)

    def settings(
        self,
        measures: Sequence[float],
        *,
        squeeze: bool = False,
        centred: bool = False,
        below: float = math.inf,
    ) -> tuple[Setting, ...]:
        """Break the text for lines of the given measures, in order; only with `squeeze` may lines be scaled.

        Returns for each number of lines that is worth it the best setting, fewest lines first, if it costs less than
        `below`; nothing if there is none. Lines from the left are filled from the top, and items of a list (、) begin
        lines of their own where that costs no break elsewhere; centred lines are balanced.
        """
        if not measures:
            return ()
        end = len(self.text)
        if _fits(self._natural(0, end), measures[0]) and (centred or ENUMERATION_COMMA not in self.text):
            return (Setting((self._line(0, end, measures[0]),), _LINE),) if below > _LINE else ()
        widest = max(measures)
        costs = self._costs_for(widest)
        capacity = (widest / MIN_SCALE if squeeze else widest) + self._em  # the ends of a line may be kerned
        least = [_LINE * math.ceil(rest / capacity - 1e-6) for rest in self._ink_after]
        found: list[Setting] = []
        cheapest = below
        reached: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
        for measure in measures:
            following: dict[int, tuple[float, tuple[int, ...]]] = {}
            for start, (so_far, path) in reached.items():
                for stop, cost in self._stops(start, measure, costs, squeeze=squeeze, centred=centred):
                    total = so_far + cost
                    if total + least[stop] < cheapest and (stop not in following or total < following[stop][0]):
                        following[stop] = (total, (*path, stop))
            if end in following:
                cheapest, path = following.pop(end)
                lines = starmap(self._line, zip(path, path[1:], measures, strict=False))
                found.append(Setting(tuple(lines), cheapest))
            reached = following
        return tuple(found)

    def filled(self, measure: float) -> tuple[str, ...]:
        """Break running text into lines as full as they get; nothing if a piece without a break is too wide."""
        lines: list[str] = []
        start, last, costs = 0, len(self.text), self._costs_for(measure)
        while start < last:
            ends: list[int] = []
            for end in range(start + 1, last + 1):
                if not _fits(self._natural(start, end), measure):
                    break
                if costs[end] < math.inf:
                    ends.append(end)
            if not ends:
                return ()
            alone = start <= self._last_from < ends[-1] < last
            end = ends[-2] if alone and len(ends) > 1 else ends[-1]
            lines.append(self.text[start:end].rstrip())
            start = end
        return tuple(lines)

    def _costs_for(self, measure: float) -> Sequence[float]:
        """Return what a break before each character costs where no line is wider than `measure`."""
        overlong = [(a, b) for a, b in self._runs if not _fits(self._natural(a, b), measure)]
        if not overlong:
            return self._costs
        costs = list(self._costs)
        for start, end in overlong:
            costs[start + 1 : end] = [_BREAK_IN_RUN] * (end - start - 1)
        return costs

    def _stops(
        self, start: int, measure: float, costs: Sequence[float], *, squeeze: bool, centred: bool
    ) -> Iterator[tuple[int, float]]:
        """Yield each place where a line from `start` may end, with what that line costs."""
        last = len(self.text)
        limit = measure / MIN_SCALE if squeeze else measure
        items = 0.0
        for end in range(start + 1, last + 1):
            natural = self._natural(start, end)
            if not _fits(natural, limit):
                break
            if costs[end] < math.inf and (end < last or start <= self._last_from):
                yield end, costs[end] + _LINE + items + _fill_cost(natural, measure, last=end == last, centred=centred)
            if not centred and self.text[end - 1] == ENUMERATION_COMMA:
                items += _ITEM_INSIDE_LINE

    def _natural(self, start: int, end: int) -> float:
        """Return the width of a piece set as a line: without its trailing spaces, kerned at both ends."""
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start == end:
            return 0.0
        whole = self._edges[end] - self._edges[start] + self._kerns[start]
        return whole - self._starts[start] - self._ends[end - 1]

    def _line(self, start: int, end: int, measure: float) -> SetLine:
        natural = self._natural(start, end)
        return SetLine(self.text[start:end], natural, 1.0 if _fits(natural, measure) else measure / natural)


def _fits(natural: float, measure: float) -> bool:
    """Compare widths without minding the rounding of sums."""
    return natural <= measure + 1e-6


def _fill_cost(natural: float, measure: float, *, last: bool, centred: bool) -> float:
    if not _fits(natural, measure):
        return _SQUEEZED * (1 + 10 * (1 - measure / natural))
    slack = 1 - natural / measure
    if centred:
        return 4 * slack * slack
    return 0.0 if last else slack


def _break_cost(text: str, at: int, preferences: dict[int, float]) -> float:
    """Return what a break before `text[at]` costs; infinite where there may be none (GB/T 15834-2011 5.1)."""
    before, after = text[at - 1], text[at]
    if after in _NO_LINE_START or before in _NO_LINE_END or (_joins(before) and _joins(after)):
        return math.inf
    if before in _GOOD_AFTER:
        return 0.0
    if after in _BRACKETS_OPEN or before in _BRACKETS_CLOSE:
        return _BREAK_AT_BRACKET
    return preferences.get(at, _BREAK_IN_NAME if NAME_DOT in text else _BREAK_IN_TEXT)


def _joins(character: str) -> bool:
    """Return whether a character holds together with its like: Latin letters, digits and the marks among them."""
    if character.isascii():
        return not character.isspace()
    return character.isalnum() and unicodedata.east_asian_width(character) not in {"W", "F"}


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run of characters that join."""
    start = 0
    for joined, characters in groupby(text, _joins):
        end = start + len(list(characters))
        if joined:
            yield start, end
        start = end


def _preferences(text: str) -> dict[int, float]:
    """Return what breaks cost inside the words that are better kept whole, and at the joints of a name."""
    inside = {at: _BREAK_IN_WORD for word in _WORDS.finditer(text) for at in range(word.start() + 1, word.end())}
    joints = {
        joint.end(): _BREAK_AFTER_WHOLE if joint["whole"] else _BREAK_AT_JOINT for joint in _JOINTS.finditer(text)
    }
    return joints | inside


def _last_line_start(text: str) -> int:
    """Return the last place where a last line may start: two characters before the end, marks not counted."""
    kept = [at for at, character in enumerate(text) if character not in _NO_LINE_START]
    return kept[-2] if len(kept) > 1 else 0
