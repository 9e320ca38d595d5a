from __future__ import annotations

import pytest

from tests import needs


def test_a_missing_tool_skips_the_test_with_its_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHENGKA_TEST_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs no-such-tool: apt-get install its-package"):
        needs.tool("no-such-tool", apt="its-package")


def test_a_missing_tool_fails_the_test_where_everything_must_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGKA_TEST_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="needs no-such-tool: apt-get install its-package"):
        needs.tool("no-such-tool", apt="its-package")


def test_the_closing_line_joins_the_packages_of_all_that_was_missing() -> None:
    reasons = [
        "('tests/a.py', 3, 'Skipped: zhengka needs node: apt-get install nodejs npm')",
        "('tests/b.py', 9, 'Skipped: zhengka needs pdftoppm: apt-get install poppler-utils')",
        "zhengka needs Chromium: playwright install chromium",
        "some other reason",
    ]
    assert needs.closing_line(reasons) == (
        "Not tested for lack of Chromium, node, pdftoppm. "
        "To install: playwright install chromium; apt-get install nodejs npm poppler-utils"
    )
    assert needs.closing_line(["some other reason"]) == ""


def test_ci_tries_every_example_and_a_run_at_a_desk_a_quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGKA_TEST_ALL", "1")
    assert needs.everything()
    assert needs.examples(10) == 10
    monkeypatch.delenv("ZHENGKA_TEST_ALL")
    assert not needs.everything()
    assert needs.examples(10) == 3
