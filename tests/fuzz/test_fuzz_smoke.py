"""A short run of every target, the same inputs each time; ``make fuzz`` runs them for minutes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.attack import Unguarded, attack
from tests.fuzz.campaign import run_counted
from tests.fuzz.registry import TARGETS
from tests.fuzz.target import Target

pytestmark = pytest.mark.slow  # a short campaign against every target

SEED = 20261123
COUNTS = {"backup": 8, "earlier": 20, "pdf": 12, "cells": 40, "roster": 40, "sheet": 40, "portrait": 50, "scan": 50}
ORDINARY = 150


@pytest.mark.parametrize("name", TARGETS)
def test_only_mapped_refusals_come_back(name: str, tmp_path: Path) -> None:
    count = COUNTS.get(name, ORDINARY)
    tally = run_counted(name, tmp_path, SEED, count)
    assert tally.fault is None, tally.fault
    assert tally.tried == count


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_given_are_taken_and_every_mutator_alters_them(name: str, tmp_path: Path) -> None:
    """A target whose good inputs are refused, or whose mutators give up, would test nothing."""
    with ExitStack() as stack:
        target = TARGETS[name](tmp_path, stack)
        assert not target.run(target.corpus[0])[0].startswith("-")
        rng = Random(SEED)
        for mutator in target.mutators:
            altered = 0
            for _ in range(20):
                data = rng.choice(target.corpus)
                try:
                    altered += mutator(data, rng) != data
                except (ValueError, IndexError):  # of another kind than this mutator's, or no place that fits
                    continue
            assert altered >= 5, mutator


def _two_faced(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"b"):
        raise ZeroDivisionError
    return ("fine",)


def test_crash_is_found_and_its_input_kept() -> None:
    tally = attack(Target(_two_faced, (b"a",)), Random(SEED), lambda tried: tried < 10_000, Unguarded())
    assert tally.fault is not None
    assert "ZeroDivisionError" in tally.fault
    assert tally.culprit.startswith(b"b")


def test_same_seed_tries_the_same_inputs(tmp_path: Path) -> None:
    runs = [run_counted("text", tmp_path / str(run), SEED, 100) for run in range(2)]
    assert runs[0].outcomes == runs[1].outcomes
    assert runs[0].seen == runs[1].seen
