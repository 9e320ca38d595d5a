"""Additions to the catalogue: codes that exist are never renamed or taken away."""

from __future__ import annotations

import pytest

from service.domain.catalogue_additions import additions, read_csv
from service.domain.occupation import Catalogue, CatalogueInvalid, extended_catalogue

CATALOGUE = Catalogue({"6-31-01-03": "电工", "6-18-02-04": "焊工"})


def test_what_is_new_is_added_and_what_is_known_passed_over() -> None:
    stated = (("6-31-01-03", " 电 工 "), ("4-14-02-05", "健康照护师(试行)"), ("4-14-02-05", "健康照护师（试行）"))
    new = additions(CATALOGUE, stated)
    assert new == {"4-14-02-05": "健康照护师（试行）"}
    more = CATALOGUE.with_occupations({**new, "6-31-01-03": "别的"})
    assert (more.name_of("6-31-01-03"), more.name_of("4-14-02-05"), len(more)) == ("电工", "健康照护师（试行）", 3)
    assert additions(more, stated) == {}


@pytest.mark.parametrize(
    ("code", "name", "told"),
    [
        ("6-31-01-03", "维修电工", ("电工", "维修电工")),
        ("4-14-02-05", "电工", ("6-31-01-03", "4-14-02-05")),
        ("6-31-1-3", "健康照护师", ("6-31-1-3",)),
        ("９-31-01-03", "健康照护师", ("6-31-01-03",)),
        ("4-14-02-05", "123", ("4-14-02-05",)),
        ("4-14-02-05", "健" * 21, ("60",)),
    ],
)
def test_a_conflict_refuses_all_with_both_names(code: str, name: str, told: tuple[str, ...]) -> None:
    """Cards carry the code's digits: it keeps its name, and a name its code."""
    with pytest.raises(CatalogueInvalid) as refused:
        additions(CATALOGUE, (("4-14-02-06", "呼吸治疗师"), (code, name)))
    assert refused.value.code == "catalogue-conflict"
    for text in told:
        assert text in refused.value.zh


def test_two_codes_of_one_file_have_two_names() -> None:
    with pytest.raises(CatalogueInvalid) as refused:
        additions(CATALOGUE, (("4-14-02-05", "健康照护师"), ("4-14-02-06", "健康照护师"), ("4-14-02-05", "呼吸治疗师")))
    assert refused.value.zh.count("；") == 1, "all that speaks against it at once"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("heading", ["code,name,marks", "编码,名称", "序号,职业编码,职业名称"])
def test_a_file_is_read_as_offices_write_it(encoding: str, heading: str) -> None:
    before = "1," if heading.startswith("序号") else ""
    text = f'{heading}\r\n{before}4-14-02-05,"健康照护师"\r\n\r\n'
    assert read_csv(text.encode(encoding)) == (("4-14-02-05", "健康照护师"),)


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b'code,name\n"x', b"x" * (2 * 1024 * 1024 + 1)])
def test_a_file_that_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(CatalogueInvalid):
        read_csv(data)


def test_a_catalogue_and_its_additions_are_read_together() -> None:
    both = extended_catalogue(
        '{"occupations": {"6-31-01-03": "电工"}}', '{"occupations": {"4-14-02-05": "健康照护师"}}'
    )
    assert both.names == {"6-31-01-03": "电工", "4-14-02-05": "健康照护师"}
