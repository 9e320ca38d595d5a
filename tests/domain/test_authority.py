"""The list of HR authorities: who files, sends, recommends, proposes and evaluates. 督§4, 考§5."""

from __future__ import annotations

import pytest

from service.domain.authority import acting_body, authority_called, new_authority
from service.domain.eligibility import Case, refusals
from service.domain.errors import AuthorityInvalid
from service.domain.issuer import CENTRE, Institution
from tests.domain.applicants import application, policy
from tests.domain.applicants import known as known_person
from tests.domain.sample_cards import SCHOOL

KNOWN = ("渝北区人力资源和社会保障局", "荣昌区人社局")
CENTRE_NAME = "重庆市职业技能鉴定指导中心"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("渝北区人力资源和社会保障局", "渝北区人力资源和社会保障局"),
        (" 荣昌区 人社局", "荣昌区人社局"),
        ("centre", CENTRE_NAME),
        ("市职鉴中心", CENTRE_NAME),
        (CENTRE_NAME, CENTRE_NAME),
    ],
)
def test_an_authority_is_one_of_the_list(typed: str, kept: str) -> None:
    """督§4, 考§5."""
    assert authority_called(typed, KNOWN, CENTRE_NAME) == kept
    assert acting_body(typed, KNOWN, CENTRE_NAME) == (CENTRE if kept == CENTRE_NAME else kept)


def test_one_that_is_not_listed_is_refused_with_the_nearest_names() -> None:
    """督§4: 渝北区人社局 is no second bureau beside 渝北区人力资源和社会保障局."""
    with pytest.raises(AuthorityInvalid) as refused:
        authority_called("渝北区人社局", KNOWN, CENTRE_NAME)
    assert refused.value.code == "authority-unknown"
    assert "渝北区人力资源和社会保障局" in refused.value.zh
    assert "荣昌区人社局" in str(refused.value)
    with pytest.raises(AuthorityInvalid, match="nothing on it is near"):
        authority_called("xyz", KNOWN, CENTRE_NAME)


def test_who_acts_is_the_centre_an_institution_or_listed() -> None:
    """督§4, 督§19."""
    assert acting_body(None, KNOWN, CENTRE_NAME) == CENTRE
    assert acting_body("500123", KNOWN, CENTRE_NAME) == "500123"
    with pytest.raises(AuthorityInvalid):
        acting_body("张三", KNOWN, CENTRE_NAME)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("荣昌区　人社局", "authority-taken"),
        ("市职鉴中心", "authority-taken"),
        (CENTRE_NAME, "authority-taken"),
        ("500123", "authority-name"),
        ("  ", "authority-name"),
        ("局" * 61, "authority-name"),
    ],
)
def test_what_cannot_be_entered(name: str, code: str) -> None:
    with pytest.raises(AuthorityInvalid) as refused:
        new_authority(name, KNOWN, CENTRE_NAME)
    assert refused.value.code == code


def refused_for(kind: str, /, *, places: tuple[Institution, ...] = (SCHOOL,), **cells: str | None) -> list[str]:
    """Codes of what speaks against a row, where the list of authorities is looked at."""
    case = Case(
        application(kind, **cells),
        known_person(),
        policy(authorities=KNOWN, institutions={one.code: one for one in places}),
    )
    return [problem.code for problem in refusals(case)]


@pytest.mark.parametrize(
    ("stated", "codes"),
    [
        (None, []),
        ("荣昌区人社局", []),
        (SCHOOL.code, []),
        (SCHOOL.name, []),
        ("市职鉴中心", []),
        ("荣昌区人社", ["recommender-unknown"]),
    ],
)
def test_who_recommends_is_listed_or_registered(stated: str | None, codes: list[str]) -> None:
    """督§4, 考§5."""
    assert refused_for("external", recommended_by=stated) == codes
    assert refused_for("standard", recommended_by=stated) == codes


@pytest.mark.parametrize(
    ("recommended_by", "codes"),
    [
        (SCHOOL.code, []),
        (SCHOOL.name, []),
        (None, ["recommender-not-employer"]),
        ("荣昌区人社局", ["recommender-not-employer"]),
        ("500777", ["recommender-not-employer"]),
    ],
)
def test_whose_employer_is_an_institution_applies_through_it(recommended_by: str | None, codes: list[str]) -> None:
    """考§8: 申报人员的工作单位与鉴定评价机构同属一个单位的，应通过本单位鉴定评价机构申报."""
    places = (SCHOOL, Institution("500777", "Y", "某厂"))
    stated = {"recommended_by": recommended_by, "work_unit": SCHOOL.name}
    assert refused_for("standard", places=places, **stated) == codes
    assert refused_for("external", places=places, **stated) == [], "考§8 is of assessors"
