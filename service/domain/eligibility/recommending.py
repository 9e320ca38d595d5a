"""Rules on who recommends an applicant, through whom one applies, and which institution issues no more."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.authority import authority_called, nearest
from service.domain.eligibility.case import Case, refusal
from service.domain.errors import AuthorityInvalid
from service.domain.issuer import Institution
from service.domain.kinds import CardKind
from service.domain.problem import Problem
from service.domain.tidy import tidy_name


def recommender(case: Case) -> Iterable[Problem]:
    """Require that whoever recommends is a registered institution or an HR authority of the list. 督§4, 考§5."""
    stated, policy = case.application.recommended_by, case.policy
    if stated is None or policy.authorities is None or _institution(case, stated) is not None:
        return
    try:
        authority_called(stated, policy.authorities, policy.jurisdiction.centre.zh)
    except AuthorityInvalid:
        centre = policy.jurisdiction.centre.zh
        names = (*policy.authorities, centre, *(one.name for one in policy.institutions.values()))
        near = nearest(stated, names)
        zh = f"，相近的有：{'、'.join(near)}" if near else ""
        en = f"; the nearest are {', '.join(near)}" if near else ""
        yield refusal(
            "recommender-unknown",
            "recommended_by",
            "考§5" if case.application.kind.is_assessor else "督§4",
            f"“{stated}”既不是名单中的人社部门，也不是已登记的机构{zh}",
            f"{stated!r} is neither an authority of the list nor a registered institution{en}",
        )


def own_institution(case: Case) -> Iterable[Problem]:
    """Require an assessor whose employer is itself an institution to apply through it. 考§8.

    The employer is the institution that the work unit names; institutions of the same name are each accepted.
    """
    a = case.application
    employers = [one for one in case.policy.institutions.values() if tidy_name(one.name) == tidy_name(a.work_unit)]
    if not a.kind.is_assessor or not employers:
        return
    through = None if a.recommended_by is None else _institution(case, a.recommended_by)
    if through not in employers:
        names = "、".join(f"{one.name}（{one.code}）" for one in employers)
        yield refusal(
            "recommender-not-employer",
            "recommended_by",
            "考§8",
            f"工作单位本身是鉴定评价机构，应通过本单位申报，推荐单位应为 {names}，"
            f"{'未填写' if a.recommended_by is None else f'收到“{a.recommended_by}”'}",
            f"the employer is itself an institution, through which one applies: {names} recommends, "
            f"{'nobody is stated' if a.recommended_by is None else f'got {a.recommended_by!r}'}",
        )


def issuer_open(case: Case) -> Iterable[Problem]:
    """Refuse an internal card of an institution that is closed on the day of issue. 督§9."""
    place, on = case.institution, case.policy.issued_on
    if case.application.kind is CardKind.INTERNAL and place is not None and place.is_closed(on):
        yield refusal(
            "institution-closed",
            "institution",
            "督§9",
            f"机构 {place.code} {place.name} 已于 {place.closed_on} 关闭，不再颁发证卡",
            f"institution {place.code} {place.name} was closed on {place.closed_on} and issues no card",
        )


def _institution(case: Case, stated: str) -> Institution | None:
    """Find the registered institution that a row names by its code or name."""
    named = tidy_name(stated)
    return next((one for one in case.policy.institutions.values() if named in {one.code, tidy_name(one.name)}), None)
