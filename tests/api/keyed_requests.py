"""A request for every operation that changes something, each on something of its own that nobody has touched yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any, Final

from service.domain.access import PERMISSIONS, By
from service.domain.assessment import Role
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.validity import SHANGHAI
from service.flows.cards.cancellations import propose_revocation
from service.flows.cards.card_requests import ProposalRequest, ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.checking.reports import ReportRequest, report_card
from service.flows.people.accounts import TokenRequest, add_token, add_user
from service.flows.people.dispatching import DispatchRequest, send
from service.store import card_reports
from service.store.parts import Part
from tests.api.staffed import Staffed
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, applicant
from tests.flows.people_at_work import ACCOUNTS, PASSWORD
from tests.flows.test_renew import CERTIFIED

GIVEN: Final = {"on": "2026-11-02", "by": "张主任"}
POINTS: Final = [4, 3, 3, 10, 10, 18, 17, 8, 8, 8]


@dataclass(frozen=True)
class Asked:
    """Who asks for what, and another body that the same person might send."""

    who: str
    path: str
    body: dict[str, Any]
    other: dict[str, Any]


@dataclass
class Place:
    """A running service whose people have colleagues: ``centre-2`` may do what ``centre`` may."""

    staffed: Staffed
    people: count[int] = field(default_factory=lambda: count(1000))
    old_cards: list[CardNumber] = field(default_factory=list)
    tokens: dict[object, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for account in ACCOUNTS.values():
            colleague = replace(account, name=f"{account.name}-2")
            add_user(self.staffed.office.register, colleague, PASSWORD, ACTOR)
        self.old_cards = [self.card() for _ in range(3)]  # to be renewed when their time has come

    def card(self, kind: str = "external") -> CardNumber:
        return self.staffed.office.issue_one(applicant(kind, next(self.people)))

    def headers(self, who: str) -> dict[str, str]:
        """Return the header of a token that may do all its account may."""
        office = self.staffed.office
        named = (who, office.today)
        if named not in self.tokens:
            scopes = PERMISSIONS[ACCOUNTS[who.removesuffix("-2")].role]
            made = add_token(office.register, TokenRequest(who, str(office.today), tuple(scopes), 30), By(ACTOR))
            self.tokens[named] = {"Authorization": f"Bearer {made.secret}"}
        return self.tokens[named]

    def post(self, asked: Asked) -> dict[str, Any]:
        answer = self.staffed.client.post(asked.path, json=asked.body, headers=self.headers(asked.who))
        assert answer.is_success, (asked.path, answer.text)
        body: dict[str, Any] = answer.json()
        return body


def _of_card(who: str, what: str, body: dict[str, Any], **other: object) -> Callable[[Place], Asked]:
    return lambda place: Asked(who, f"/api/v1/cards/{place.card()}/{what}", body, body | other)


def _found(place: Place) -> Asked:
    number = place.card()
    replace_card(place.staffed.office.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    return Asked("centre", f"/api/v1/cards/{number}/found", {"reported_by": "王芳"}, {"reported_by": "李敏"})


def _correction(place: Place) -> Asked:
    number = place.card()
    register = place.staffed.office.register
    revoke_card(register, number, RevocationRequest(ground="督§19(4)", reason="误记", decided_by="李主任"), By(ACTOR))
    body = {"reason": "查无实据", "decided_by": "李主任"}
    path = f"/api/v1/cards/{number}/revocation-correction"
    return Asked("centre", path, body, body | {"reason": "另有其人"})


def _refusal(place: Place) -> Asked:
    proposal = ProposalRequest(ground="督§19(4)", reason="举报", proposed_by="王科长")
    made = propose_revocation(place.staffed.office.register, place.card(), proposal, By(ACTOR, SCHOOL.code))
    body = {"reason": "查无实据", "decided_by": "李主任"}
    return Asked("centre", f"/api/v1/revocation-proposals/{made}/refusal", body, body | {"reason": "不属实"})


def _closing(place: Place) -> Asked:
    failed = {"result": "不合格", **GIVEN}
    number = place.card()
    place.post(Asked("centre", f"/api/v1/cards/{number}/evaluations", failed, failed))
    cases = place.staffed.client.get("/api/v1/cases", headers=place.headers("centre")).json()["cases"]
    (case,) = (one["id"] for one in cases if one["number"] == number)
    body = {"reason": "复核后合格", "decided_by": "李主任", "result": "合格"}
    return Asked("centre", f"/api/v1/cases/{case}/closing", body, body | {"reason": "已整改"})


def _report(place: Place) -> Asked:
    asked = ReportRequest(nonce=f"{next(place.people):032x}", place="一号考点")
    report_card(place.staffed.office.register, asked, {}, f"192.0.2.{next(place.people) % 256}")
    with place.staffed.office.register.database.read() as connection:
        identity = card_reports.page(connection, CENTRE, Part(1))[0][0].id
    return Asked("centre", f"/api/v1/reports/{identity}/closing", {"reason": "已核实"}, {"reason": "查无此事"})


def _occupations(count_of: int) -> Asked:
    code = f"8-{count_of // 100:02d}-{count_of % 100:02d}-99"
    one, other = ({"occupations": [{"code": code, "name": f"新职业{count_of}{which}"}]} for which in "甲乙")
    return Asked("centre", "/api/v1/occupations", one, other)


def _webhook(host: str) -> Asked:
    body = {"target": f"https://{host}.example.cn/", "topics": ["card.issued"]}
    return Asked("centre", "/api/v1/webhooks", body, body | {"topics": ["card.revoked"]})


def _replay(place: Place) -> Asked:
    hook = place.post(_webhook("b"))["webhook"]["id"]
    for _ in range(2):
        place.card()
    path = f"/api/v1/webhooks/{hook}"
    sent = place.staffed.client.get(f"{path}/deliveries", headers=place.headers("centre")).json()["deliveries"]
    one, other = ({"delivery": found["id"]} for found in sent[:2])
    return Asked("centre", f"{path}/replays", one, other)


def _texts(count_of: int) -> Asked:
    body = {"reason": "更名", "texts": {"printer": f"重庆市第{count_of}中心"}}
    return Asked("centre", "/api/v1/card-texts", body, body | {"texts": {"printer": "重庆市中心"}})


def _authority(count_of: int) -> Asked:
    body = {"name": f"第{count_of}人社局"}
    return Asked("centre", "/api/v1/authorities", body, {"name": f"第{count_of}人社分局"})


def _institution(place: Place) -> Asked:
    body = {"code": f"5{next(place.people):05d}", "letter": "S", "name": "新校"}
    return Asked("centre", "/api/v1/institutions", body, body | {"name": "又一校"})


def _of_institution(what: str, body: dict[str, Any], *, closed: bool = False) -> Callable[[Place], Asked]:
    """Return the request of a change of an institution of its own."""

    def asked(place: Place) -> Asked:
        new = _institution(place)
        place.post(new)
        address = f"{new.path}/{new.body['code']}"
        if closed:
            place.post(Asked("centre", f"{address}/close", {"reason": "撤销备案"}, {}))
        return Asked("centre", f"{address}/{what}", body, body | {"reason": "另一事由"})

    return asked


def _contract(place: Place) -> Asked:
    number = place.card("standard")
    shown = {"institution": SCHOOL.code, "credential": place.staffed.office.text(number)}
    path = f"/api/v1/cards/{number}/engagements"
    return Asked("school", path, shown | {"first_day": "2026-11-02"}, shown | {"first_day": "2026-11-03"})


def _ending(place: Place) -> Asked:
    office, number = place.staffed.office, place.card("standard")
    made = engage(office.register, number, SCHOOL.code, since=office.today, until=None, actor=ACTOR)
    return Asked("school", f"/api/v1/engagements/{made.id}/end", {"reason": "离职"}, {"reason": "调离"})


def _warning(place: Place) -> Asked:
    office, number = place.staffed.office, place.card("standard")
    engage(office.register, number, SCHOOL.code, since=office.today, until=None, actor=ACTOR)
    body = {"ground": "考§20(2)", "reason": "未佩戴证卡", **GIVEN}
    return Asked("school", f"/api/v1/cards/{number}/warnings", body, body | {"reason": "迟到"})


def _withdrawal(place: Place) -> Asked:
    office = place.staffed.office
    district = ACCOUNTS["yubei"].district or ""
    sent = send(
        office.register,
        place.card(),
        DispatchRequest(institution=SCHOOL.code, on=office.today, plan=""),
        By(ACTOR, district),
    )
    return Asked("yubei", f"/api/v1/dispatches/{sent.id}/withdrawal", {"reason": "因病"}, {"reason": "改期"})


def _plan(place: Place) -> Asked:
    starts_at = place.staffed.office.clock.now.astimezone(SHANGHAI) + timedelta(hours=1)
    body = {
        "institution": SCHOOL.code,
        "starts_at": starts_at.isoformat(),
        "plan": f"第 {next(place.people)} 批",
        "place": "实训楼",
        "jobs": [{"occupation": "电工", "level": "3", "parts": ["theory"], "candidates": 20}],
        "people": [{"role": Role.ON_SITE_HEAD, "name": "何负责"}],
    }
    return Asked("school", "/api/v1/assessments", body, body | {"place": "操场"})


def _assessment(place: Place) -> str:
    return f"/api/v1/assessments/{place.post(_plan(place))['assessment']}"


def _cancelling(place: Place) -> Asked:
    return Asked("school", f"{_assessment(place)}/cancellation", {"reason": "停电"}, {"reason": "暴雨"})


def _calling(place: Place) -> Asked:
    came_at = place.staffed.office.clock.now.isoformat()
    entry = {"role": Role.ON_SITE_HEAD, "name": "何负责", "came_at": came_at}
    first, second = ({"entries": [entry | {"nonce": f"{next(place.people):032x}"}]} for _ in range(2))
    return Asked("gate", f"{_assessment(place)}/roll-call", first, second)


def _recording(place: Place) -> Asked:
    called = _calling(place)
    place.post(called)
    path = called.path.removesuffix("roll-call") + "records"
    return Asked("school", path, {"made_by": "何负责"}, {"made_by": "孙监考"})


def _scans(place: Place) -> Asked:
    scan = {"scanned_at": "2026-11-02T10:00:00+08:00", "verdict": "valid", "offline": True}
    first, second = ({"scans": [scan | {"nonce": f"{next(place.people):032x}"}]} for _ in range(2))
    return Asked("gate", "/api/v1/scans", first, second)


def _renewal(place: Place) -> Asked:
    applied_on = (CERTIFIED - timedelta(days=20)).isoformat()
    body = {
        "certified_on": CERTIFIED.isoformat(),
        "applied_on": applied_on,
        "facts": {"score": "90"},
        "reviewed_by": "李审核",
    }
    path = f"/api/v1/cards/{place.old_cards.pop()}/renewal"
    return Asked("centre", path, body, body | {"reviewed_by": "王审核"})


_REMARK: Final = {"reason": "年度先进", **GIVEN}
_REVOKE: Final = {"ground": "督§19(4)", "reason": "泄露试题", "decided_by": "李主任"}
_PROPOSE: Final = {"ground": "督§19(4)", "reason": "泄露试题", "proposed_by": "王科长"}

REQUESTS: Final[dict[str, Callable[[Place], Asked]]] = {
    "replaceCard": _of_card("centre", "replacement", {"reason": "lost"}, reason="damaged"),
    "amendCard": _of_card("centre", "amendment", {"reason": "错字", "work_unit": "某某厂"}, work_unit="某某总厂"),
    "voidNumber": _of_card("centre", "void", {"reason": "误发"}, reason="重复"),
    "noteFound": _found,
    "revokeCard": _of_card("centre", "revocation", _REVOKE, reason="收受财物"),
    "correctRevocation": _correction,
    "proposeRevocation": _of_card("yubei", "revocation-proposals", _PROPOSE, reason="收受财物"),
    "declineProposal": _refusal,
    "enterReview": _of_card("centre", "reviews", {"points": POINTS, "plan": "第12号计划", **GIVEN}, plan="第13号计划"),
    "enterEvaluation": _of_card("centre", "evaluations", {"result": "合格", **GIVEN}, result="不合格"),
    "enterWarning": _warning,
    "enterReward": _of_card("centre", "rewards", _REMARK, reason="突出贡献"),
    "enterSanction": _of_card("centre", "sanctions", _REMARK, reason="通报批评"),
    "closeCase": _closing,
    "closeReport": _report,
    "addOccupations": lambda place: _occupations(next(place.people)),
    "setCardTexts": lambda place: _texts(next(place.people)),
    "addAuthority": lambda place: _authority(next(place.people)),
    "addInstitution": _institution,
    "editInstitution": _of_institution("edit", {"reason": "更名", "name": "改名学校"}),
    "fileJobs": _of_institution("jobs", {"jobs": ["电工"], "levels": ["3"]}),
    "closeInstitution": _of_institution("close", {"reason": "撤销备案"}),
    "reopenInstitution": _of_institution("reopen", {"reason": "恢复备案"}, closed=True),
    "addWebhook": lambda _: _webhook("a"),
    "replayDelivery": _replay,
    "engage": _contract,
    "endEngagement": _ending,
    "dispatch": _of_card("yubei", "dispatches", {"institution": SCHOOL.code, "on": "2026-11-02"}, on="2026-11-03"),
    "withdrawDispatch": _withdrawal,
    "planAssessment": _plan,
    "cancelAssessment": _cancelling,
    "callRoll": _calling,
    "makeRecord": _recording,
    "handInScans": _scans,
    "renewCard": _renewal,  # years later: the last
}
"""By operation; an operation that is added to the interface is added here."""
