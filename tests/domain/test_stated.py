"""What an application stated, told in words."""

from __future__ import annotations

from service.domain.masking import mask_id
from service.domain.stated import stated_in
from tests.domain.applicants import resident_id


def test_what_was_stated_is_told_in_the_order_of_the_roster() -> None:
    """考§7(2), 考§11."""
    told = stated_in(
        {
            "recommended_by": "渝北区人社局",
            "reviewed_by": "李审核",
            "certified_on": "2026-10-10",
            "evidence": {
                "hr_staff": False,
                "theory_scores": ["80", "75.5"],
                "level": "1",
                "title": 3,
                "qualification_occupation": {"name": "焊工", "code": None},
                "qualification_months": 18,
                "occupation_months": 96,
                "assessor_months": 0,
                "artisan": None,
                "exceptions": ["考§11"],
                "review_scores": [],
            },
        }
    )
    assert [(one.field, one.value_zh) for one in told] == [
        ("certified_on", "2026-10-10"),
        ("recommended_by", "渝北区人社局"),
        ("reviewed_by", "李审核"),
        ("theory_scores", "80 / 75.5"),
        ("level", "一级/高级技师"),
        ("title", "高级"),
        ("qualification_occupation", "焊工"),
        ("qualification_months", "1 年 6 个月"),
        ("occupation_months", "8 年"),
        ("assessor_months", "0 年"),
        ("hr_staff", "否"),
        ("exceptions", "考§11"),
    ]
    assert [one.value_en for one in told if one.field in {"title", "hr_staff", "qualification_months"}] == [
        "senior",
        "1 y 6 m",
        "no",
    ]


def test_an_exception_and_the_certificates_of_two_job_types_are_told() -> None:
    """考§7(2), 考§7(2)4."""
    evidence = {
        "qualification_occupations": [{"name": "电工", "code": "6-31-01-03"}, {"name": "焊工", "code": None}],
        "exceptions": ["考§7(2)4"],
        "exception_basis": "渝人社发〔2026〕12号",
        "exception_kind": "rural",
        "exception_adjusts": ["years", "assessments"],
    }
    told = stated_in({"notice": "渝职鉴发〔2026〕3号", "evidence": evidence})
    assert [(one.zh, one.value_zh) for one in told] == [
        ("认证通知", "渝职鉴发〔2026〕3号"),
        ("证书职业", "电工 / 焊工"),
        ("特例条款", "考§7(2)4"),
        ("特例依据", "渝人社发〔2026〕12号"),
        ("特例类别", "乡村特色"),
        ("特例调整", "年限 / 考评次数"),
    ]


def test_a_card_from_before_the_system_stated_nothing() -> None:
    assert stated_in(None) == ()
    assert stated_in({"portrait_consent": None}) == ()


def test_of_an_identity_number_neither_birth_date_nor_home_is_shown() -> None:
    """GB 11643."""
    number = resident_id()
    masked = mask_id(number)
    assert (len(masked), masked[:3], masked[-4:]) == (18, number[:3], number[-4:])
    assert masked[3:-4] == "*" * 11
