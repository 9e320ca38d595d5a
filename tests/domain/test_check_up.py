"""What an installation's facts are judged to be; each bound from both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network

import pytest

from service.domain.check_up import (
    Finding,
    Standing,
    judge_backup,
    judge_certificate,
    judge_clock,
    judge_disk,
    judge_document,
    judge_key,
    judge_lists,
    judge_mode,
    judge_proxies,
    worst,
)

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
TODAY = date(2026, 11, 2)
OK, LOOK, BAD = Standing
GIB = 1024**3
ONE = (ip_network("127.0.0.1"),)


def after(**by: float) -> datetime:
    return NOW + timedelta(**by)


@pytest.mark.parametrize(
    ("finding", "standing"),
    [
        (judge_certificate(after(days=14), NOW), OK),
        (judge_certificate(after(days=13), NOW), LOOK),
        (judge_certificate(after(days=2), NOW), BAD),
        (judge_certificate(after(days=-1), NOW), BAD),
        (judge_clock(("甲", "a"), 5), OK),
        (judge_clock(("甲", "a"), -6), LOOK),
        (judge_clock(("甲", "a"), -61), BAD),
        (judge_key("status", TODAY + timedelta(days=31), TODAY), OK),
        (judge_key("status", TODAY + timedelta(days=30), TODAY), LOOK),
        (judge_key("status", None, TODAY), BAD),
        (judge_document(after(days=8), NOW), OK),
        (judge_document(after(days=6), NOW), LOOK),
        (judge_document(NOW, NOW), BAD),
        (judge_backup(after(days=-7), NOW), OK),
        (judge_backup(after(days=-7, seconds=-1), NOW), BAD),
        (judge_backup(None, NOW), BAD),
        (judge_lists(timedelta(hours=2), is_held=False), OK),
        (judge_lists(timedelta(hours=2, seconds=1), is_held=False), BAD),
        (judge_lists(None, is_held=False), LOOK),
        (judge_lists(None, is_held=True), LOOK),
        (judge_mode("data", 0o700), OK),
        (judge_mode("data", 0o710), BAD),
        (judge_disk("data", 20 * GIB, 100 * GIB), OK),
        (judge_disk("data", 9 * GIB, 100 * GIB), LOOK),
        (judge_disk("data", 2 * GIB, 100 * GIB), BAD),
        (judge_disk("data", GIB // 4, GIB), BAD),
        (judge_disk("data", 0, 0), BAD),
        (judge_proxies((), ()), OK),
        (judge_proxies((), (("127.0.0.1", 4),)), OK),
        (judge_proxies((), (("127.0.0.1", 5),)), BAD),
        (judge_proxies(ONE, (("10.0.0.7", 5),)), LOOK),
        (judge_proxies((), (("unknown", 5),)), BAD),
        (judge_proxies((), (("127.0.0.1", 5), ("198.51.100.7", 1))), OK),
        (judge_proxies(ONE, (("203.0.114.7", 50),)), OK),
        (judge_proxies((ip_network("0.0.0.0/0"),), ()), BAD),
        (judge_proxies((ip_network("::/0"),), ()), BAD),
        (judge_proxies((ip_network("10.0.0.0/8"),), ()), OK),
    ],
)
def test_each_fact_is_judged(finding: Finding, standing: Standing) -> None:
    assert finding.standing is standing, finding
    assert bool(finding.remedy) == (standing is not OK)
    assert finding.zh
    assert finding.en


def test_the_worst_decides() -> None:
    well, bad = judge_mode("data", 0o700), judge_mode("data", 0o777)
    look = judge_clock(("甲", "a"), 9)
    assert worst(()) is OK
    assert worst((well, look)) is LOOK
    assert worst((bad, look, well)) is BAD
