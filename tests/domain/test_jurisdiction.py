from __future__ import annotations

import json

import pytest

from service.domain.credential.text import check_host
from service.domain.errors import JurisdictionInvalid
from service.domain.jurisdiction import parse_jurisdiction
from tests.domain.sample_cards import ALL_KINDS, JURISDICTIONS, jurisdiction

CHONGQING = json.loads((JURISDICTIONS / "chongqing.json").read_text(encoding="utf-8"))


def changed(**changes: object) -> str:
    return json.dumps(CHONGQING | changes)


def test_chongqing_is_as_the_regulation_has_it() -> None:
    """督附3, 考附2: 50 for supervisors, 31 and 00 for assessors; 督§4: the centre."""
    chongqing = jurisdiction("chongqing")
    assert chongqing.supervisor is not None
    assert chongqing.assessor is not None
    assert chongqing.supervisor.province_code == "50"
    assert (chongqing.assessor.province_code, chongqing.assessor.city_code) == ("31", "00")
    assert (chongqing.centre.zh, chongqing.centre.confirmed) == ("重庆市职业技能鉴定指导中心", True)


def test_jiangxi_claims_nothing_it_has_no_source_for() -> None:
    """考附2: no assessor code of Jiangxi is known, nor the name of its issuer."""
    jiangxi = jurisdiction("jiangxi")
    assert jiangxi.assessor is None
    assert not jiangxi.centre.confirmed


@pytest.mark.parametrize("host", ["zk.example.cn", "localhost:8000", "a", "xn--fiqs8s.cn", "1.2.3.4", "a-b.cn"])
def test_takes_every_host_a_credential_can_name(host: str) -> None:
    check_host(host)
    assert parse_jurisdiction(changed(verification_host=host)).verification_host == host


@pytest.mark.parametrize("name", ["chongqing", "jiangxi"])
def test_every_kind_has_its_titles(name: str) -> None:
    """督附5: a title on each side, here of two lines."""
    text = jurisdiction(name).card
    for kind in ALL_KINDS:
        face = text.face(kind)
        assert len(face.title) == len(face.back_title) == 2
        assert ("考评人员" in face.title[1]) == kind.is_assessor


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "jurisdiction file"),
        ("{", "jurisdiction file"),
        ("{}", "key"),
        (changed(renewal_month=6), "renewal_month"),
        (changed(renewal_months="6"), r"\$.renewal_months"),
        (changed(renewal_months=0), r"\$.renewal_months"),
        (changed(internal_term_months=37), r"\$.internal_term_months"),
        (changed(supervisor={"province_code": "5"}), r"\$.supervisor.province_code"),
        (changed(supervisor={"province_code": "五十"}), r"\$.supervisor.province_code"),
        (changed(assessor=CHONGQING["assessor"] | {"city_code": "0"}), r"\$.assessor.city_code"),
        (changed(verification_host="ZK.example.cn"), r"\$.verification_host"),
        (changed(verification_host="a" * 33), r"\$.verification_host"),
        (changed(verification_host="zk.example.cn/1"), r"\$.verification_host"),
        (changed(verification_host="zk..example.cn"), r"\$.verification_host"),
        (changed(verification_host="zk.example.cn:"), r"\$.verification_host"),
        (changed(card=CHONGQING["card"] | {"check_at": "查验网址"}), r"\$.card.check_at"),
        (changed(card=CHONGQING["card"] | {"internal_notice": "内部使用"}), r"\$.card.internal_notice"),
        (changed(card=CHONGQING["card"] | {"supervisor": {"title": ["一行"], "back_title": ["一", "二"]}}), "title"),
    ],
)
def test_names_the_place_of_a_mistake(text: str, where: str) -> None:
    with pytest.raises(JurisdictionInvalid, match=where) as refused:
        parse_jurisdiction(text)
    assert refused.value.zh.startswith("地区配置无效")


@pytest.mark.parametrize("data", [b'{"\x86": 1}', b'{"a":' + b"[" * 100_000, b"\xff\xfe{\x00}\x00"])
def test_a_file_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(JurisdictionInvalid):
        parse_jurisdiction(data)
