"""Every article of the regulation has its rules and its tests, or is said to be for people."""

from __future__ import annotations

from typing import Final

import pytest

from service.domain.eligibility import RULES
from tests.manual import ROOT
from tools.articles import Article, cited, items_of, named_tests, nearest_tests, rules, rules_of, texts

# 督§1–21 with five annexes, 考§1–22 with three, and the standard of identity numbers.
ALL_ARTICLES: Final = (
    *(f"督§{n}" for n in range(1, 22)),
    *(f"督附{n}" for n in range(1, 6)),
    *(f"考§{n}" for n in range(1, 23)),
    *(f"考附{n}" for n in range(1, 4)),
    "GB 11643",
)
SAID: Final = texts().articles
CARRIED_OUT: Final = {key: article for key, article in SAID.items() if article.asks is not None}
WITH_ITEMS: Final = {key: article for key, article in SAID.items() if article.items}


def cited_in_code() -> dict[str, list[str]]:
    """Return every article the code cites, with the files that cite it."""
    found: dict[str, list[str]] = {}
    for package in ("service", "cardlayout", "keys"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for article in cited(path.read_text("utf-8")):
                found.setdefault(article, []).append(str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("督§6(4), 考§7(1)4.", {"督§6", "考§7"}),
        ("考§7(2)1–3, unless 考§7(2)4", {"考§7"}),
        ("(督§3, §9; 考§2–4, §16)", {"督§3", "督§9", "考§2", "考§3", "考§4", "考§16"}),
        ("督§19(1)—督§19(10) 或 考§21(1)-考§21(10)", {"督§19", "考§21"}),
        ("督附3 表4，考附2(四)", {"督附3", "考附2"}),
        ("考§7(1)、考§8 GB 11643", {"考§7", "考§8", "GB 11643"}),
        ("RFC 9052 §4.4, §9", set()),
    ],
)
def test_citations_are_read_with_their_ranges_and_items(text: str, expected: set[str]) -> None:
    assert cited(text) == expected


def test_every_article_of_the_regulation_is_accounted_for_in_its_order() -> None:
    assert tuple(SAID) == ALL_ARTICLES


def test_what_is_not_carried_out_is_said_to_be_for_people() -> None:
    assert [key for key, article in SAID.items() if article.asks is None and article.people is None] == []


def test_the_code_cites_what_it_carries_out_and_no_other_article() -> None:
    found = cited_in_code()
    assert {key: files for key, files in found.items() if key not in CARRIED_OUT} == {}
    assert CARRIED_OUT.keys() - found.keys() == set()


def test_every_article_that_is_carried_out_has_a_rule_and_a_test() -> None:
    carried_out, held = rules(), named_tests()
    assert [key for key in CARRIED_OUT if not rules_of(key, carried_out)] == []
    assert [key for key in CARRIED_OUT if not nearest_tests(key, held)] == []


@pytest.mark.parametrize(("key", "article"), WITH_ITEMS.items(), ids=WITH_ITEMS)
def test_every_item_has_a_rule_or_is_for_people(key: str, article: Article) -> None:
    of_rules = items_of(key, "\n".join(rules().values()))
    assert of_rules & set(article.items_for_people) == set()
    assert of_rules | set(article.items_for_people) == set(range(1, article.items + 1))


def test_every_rule_of_eligibility_ends_with_its_article() -> None:
    found = rules()
    assert [rule.__name__ for rule in RULES if f"{rule.__module__}.{rule.__name__}" not in found] == []
