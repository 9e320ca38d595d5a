"""Break Chinese text into lines: where a line may end, and the best way to fill given measures.

The rules are GB/T 15834-2011 5.1 (which marks may begin or end a line) and the card's own: after the dot of a name
first, never one character alone on a last line, Latin words and numbers whole, and at the worst a line set at 90 % of
its width. Widths are in points.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, starmap
from typing import Final

MIN_SCALE: Final = 0.9  # the narrowest horizontal scale; size and leading are never touched

_NO_LINE_START: Final = frozenset("，。、；：？！·•・…—～）］｝〕】》〉」』〗”’％,.;:?!)]}%/／ \u3000")
_NO_LINE_END: Final = frozenset("（［｛〔【《〈「『〖“‘([{")
_BRACKETS_OPEN: Final = frozenset("（［〔【([")
_BRACKETS_CLOSE: Final = frozenset("）］〕】)]")
_GOOD_AFTER: Final = frozenset("·•・，。、；：？！ \u3000")
ENUMERATION_COMMA: Final = "、"

# Words common on these cards that read badly in two halves; a preference only, so the list need not be complete.
_WORDS: Final = re.compile(
    "有限责任公司|股份有限公司|有限公司|分公司|集团|职业|技术|技能|技师|培训|学校|学院|大学|中心|考核|考评员|督导员|质量|专项|能力|"
    "鉴定|评价|指导|人力|资源|社会|保障|服务|管理|信息|安全|网络|系统|工程|机械|维修|制造|设备"
)

# What a choice costs. Only the order of the sums matters: a line more is better than a word cut in two, and almost
# anything is better than squeezed characters.
_LINE: Final = 4.0
_BREAK_AT_BRACKET: Final = 3.0
_BREAK_IN_TEXT: Final = 6.0
_BREAK_IN_WORD: Final = 7.5
_BREAK_IN_RUN: Final = 40.0
_ITEM_INSIDE_LINE: Final = 5.0
_SQUEEZED: Final = 100.0


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
        """Measure the text with `width`, which returns points."""
        self.text = text
        self._edges = (0.0, *accumulate(map(width, text)))
        inks = (0.0 if character.isspace() else width(character) for character in reversed(text))
        self._ink_after = (0.0, *accumulate(inks))[::-1]
        words = _inside_words(text)
        self._costs = (math.inf, *(_break_cost(text, at, words) for at in range(1, len(text))), 0.0)
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
        capacity = widest / MIN_SCALE if squeeze else widest
        least = [_LINE * math.ceil(rest / capacity - 1e-6) for rest in self._ink_after]
        found: list[Setting] = []
        cheapest = below
        reached: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
        for measure in measures:
            following: dict[int, tuple[float, tuple[int, ...]]] = {}
            for start, (so_far, path) in reached.items():
                for stop, cost in self._ends(start, measure, costs, squeeze=squeeze, centred=centred):
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

    def _ends(
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
        """Return the width of a piece without its trailing spaces."""
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return self._edges[end] - self._edges[start]

    def _line(self, start: int, end: int, measure: float) -> SetLine:
        natural = self._natural(start, end)
        return SetLine(self.text[start:end], natural, 1.0 if _fits(natural, measure) else measure / natural)


def _fits(natural: float, measure: float) -> bool:
    """Compare widths without minding the rounding of sums."""
    return natural <= measure + 1e-6


def _fill_cost(natural: float, measure: float, *, last: bool, centred: bool) -> float:
    if not _fits(natural, measure):
        return _SQUEEZED * (2 - measure / natural)
    slack = 1 - natural / measure
    if centred:
        return 4 * slack * slack
    return 0.0 if last else slack


def _break_cost(text: str, at: int, inside_words: frozenset[int]) -> float:
    """Return what a break before `text[at]` costs; infinite where there may be none (GB/T 15834-2011 5.1)."""
    before, after = text[at - 1], text[at]
    if after in _NO_LINE_START or before in _NO_LINE_END or (_joins(before) and _joins(after)):
        return math.inf
    if before in _GOOD_AFTER:
        return 0.0
    if after in _BRACKETS_OPEN or before in _BRACKETS_CLOSE:
        return _BREAK_AT_BRACKET
    return _BREAK_IN_WORD if at in inside_words else _BREAK_IN_TEXT


def _joins(character: str) -> bool:
    """Say whether a character holds together with its like: Latin letters, digits and the marks among them."""
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


def _inside_words(text: str) -> frozenset[int]:
    """Return the places inside the words that are better kept whole."""
    return frozenset(at for word in _WORDS.finditer(text) for at in range(word.start() + 1, word.end()))


def _last_line_start(text: str) -> int:
    """Return the last place where a last line may start: two characters before the end, marks not counted."""
    kept = [at for at, character in enumerate(text) if character not in _NO_LINE_START]
    return kept[-2] if len(kept) > 1 else 0
