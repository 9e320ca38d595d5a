"""An assessment planned at the desk by a form: what cannot be read is named at once, and what was typed is kept."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from service.domain.kinds import SkillLevel
from service.flows.assessments.view import read_assessment
from service.flows.people.filing_requests import FilingRequest
from service.flows.people.institutions import file_jobs
from tests.api.staffed import Staffed
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import card_of, csrf_of

NEW = "/office/assessments/new"


def send(staffed: Staffed, **fields: str | list[str]) -> httpx.Response:
    """Send the form of a plan as a browser does; a list is several ticks of one name."""
    parts = [
        (name, (None, text.encode()))
        for name, texts in ({"csrf": csrf_of(staffed)} | fields).items()
        for text in ([texts] if isinstance(texts, str) else texts)
    ]
    answer = staffed.client.post(NEW, files=[*parts, ("people_file", ("", b""))], follow_redirects=False)
    assert isinstance(answer, httpx.Response)
    return answer


@pytest.fixture(scope="module")
def filed(staffed: Staffed) -> None:
    """The school has electricians of two levels on file."""
    levels = [SkillLevel.THREE, SkillLevel.FOUR]
    file_jobs(staffed.office.register, SCHOOL.code, FilingRequest(jobs=["电工"], levels=levels), ACTOR)


@pytest.mark.usefixtures("filed")
def test_each_job_type_has_its_own_parts_and_counts(staffed: Staffed) -> None:
    """考§11, 考§14(4), (5): of one the theory by machine, of another the skills, at once."""
    sign_in(staffed, "school")
    fresh = staffed.client.get(NEW).text
    assert 'name="parts_0" value="theory" checked' in fresh
    assert 'name="parts_0" value="review" checked' not in fresh
    on = staffed.office.today + timedelta(days=3)
    fields: dict[str, str | list[str]] = {
        "act": "plan", "plan": "两样", "place": "实训楼", "on": f"{on}", "starts": "09:30",
        "occupation_0": "电工", "levels_0": ["3"], "parts_0": ["theory"], "machine_0": "yes", "per_invigilator_0": "30",
        "occupation_x": "焊工", "levels_x": ["5", "4"], "parts_x": ["skill"], "per_assessor_x": "6",
    }  # fmt: skip
    made = send(staffed, **fields)
    assert made.status_code == 303, made.text[:3000]
    identity = int(made.headers["location"].partition("?")[0].rpartition("/")[2])
    jobs = {
        (job.occupation.name, job.level): (sorted(job.parts), job.machine_marked, job.per_assessor, job.per_invigilator)
        for job in read_assessment(staffed.office.register, identity).held.assessment.jobs
    }
    assert jobs == {
        ("电工", SkillLevel.THREE): (["theory"], True, None, 30),
        ("焊工", SkillLevel.FIVE): (["skill"], False, 6, None),
        ("焊工", SkillLevel.FOUR): (["skill"], False, 6, None),
    }
    again = staffed.client.get(f"{NEW}?of={identity}").text
    ticked = {(row, part) for row, part in re.findall(r'name="parts_(0|x)" value="(\w+)" checked', again)}
    assert ticked == {("0", "theory"), ("x", "skill")}
    assert 'name="machine_0" value="yes" checked' in again
    assert re.search(r'name="per_assessor_x"[^>]*value="6"', again)


@pytest.mark.usefixtures("filed")
def test_job_types_are_ticked_and_people_chosen_by_name(staffed: Staffed) -> None:
    """考§6: who would make the plan complete is offered, with the article that asks for them."""
    office = staffed.office
    numbers = [card_of(staffed, "standard", person) for person in (4_001, 4_002, 4_003)]
    for number in numbers:
        engage(office.register, number, SCHOOL.code, since=office.today, until=None, actor=ACTOR)
    sign_in(staffed, "school")
    page = staffed.client.get(NEW).text
    assert 'name="levels_0" value="3"' in page
    assert "textarea" not in page, "no language of its own to be typed"
    ticked: dict[str, str | list[str]] = {"occupation_0": "电工", "levels_0": ["3"], "parts_0": ["theory", "skill"]}
    name = office.card(numbers[0]).name
    found = staffed.client.post("/office/assessments/people", data={"csrf": csrf_of(staffed), "find": name}).text
    assert f'value="{numbers[0]}"' in found
    assert "<html" not in found
    looked = send(staffed, act="look", person=[numbers[0]], **ticked)
    assert looked.status_code == 200, looked.text[:2000]
    assert f'value="{numbers[0]}" checked' in looked.text
    assert 'data-composition="short"' in looked.text
    offered = looked.text.partition("可以补上的人员")[2]
    assert all(f'value="{number}"' in offered for number in numbers[1:])
    assert "考§" in offered
    on = office.today + timedelta(days=3)
    when = {"on": f"{on}", "starts": "０９：30", "plan": "第四批", "place": "实训楼"}
    roles = {f"role_{numbers[0]}": "leader", "other_name_0": "何建国", "other_role_0": "on_site_head"}
    made = send(staffed, act="plan", person=[*numbers], candidates_0="30", **ticked, **when, **roles)
    assert made.status_code == 303, made.text[:3000]
    view = read_assessment(office.register, int(made.headers["location"].partition("?")[0].rpartition("/")[2]))
    (job,) = view.held.assessment.jobs
    assert (job.occupation.name, job.level, job.candidates) == ("电工", SkillLevel.THREE, 30)
    assert [one.role.value for one in view.planned] == ["leader", "assessor", "assessor", "on_site_head"]
    again = staffed.client.get(f"{NEW}?of={view.held.id}").text
    assert 'name="levels_0" value="3" checked' in again
    assert again.count(" checked") >= 6
    assert 'value="何建国"' in again
    sign_in(staffed, "auditor")
    assert staffed.client.get(NEW).status_code == 403


def test_a_plan_is_refused_as_a_whole_and_what_was_typed_is_kept(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    on = staffed.office.today + timedelta(days=3)
    fields: dict[str, str | list[str]] = {"act": "plan", "plan": "第三批", "on": f"{on}", "starts": "9 点"}
    answer = send(staffed, **fields)
    assert (answer.status_code, "request-invalid" in answer.text) == (422, True)
    assert "开始时间：应为开始时间" in answer.text
    assert "评价地点：缺少此项" in answer.text
    assert "考评项目：缺少此项" in answer.text
    assert 'value="9 点"' in answer.text
    fields |= {"starts": "０９：30", "place": "实训楼", "occupation_x": "焊工", "levels_x": ["4"], "parts_x": ["skill"]}
    answer = send(staffed, **fields)
    assert answer.status_code == 303, answer.text
    identity = int(answer.headers["location"].partition("?")[0].rpartition("/")[2])
    held = read_assessment(staffed.office.register, identity).held
    assert (held.plan, held.place, len(held.assessment.jobs)) == ("第三批", "实训楼", 1)
    assert held.assessment.starts_at.isoformat() == f"{on}T01:30:00+00:00"
    page = f"/office/assessments/{identity}"
    cancelled = {"csrf": csrf_of(staffed), "act": "cancel", "reason": " "}
    assert "事由：缺少此项" in staffed.client.post(page, data=cancelled).text
    answer = staffed.client.post(page, data=cancelled | {"reason": "停电"}, follow_redirects=False)
    assert answer.status_code == 303
