"""An assessment planned at the desk by a form: what cannot be read is named at once, and what was typed is kept."""

from __future__ import annotations

from datetime import timedelta

from service.flows.assessments.view import read_assessment
from tests.api.staffed import Staffed
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import csrf_of

NEW = "/office/assessments/new"


def test_a_plan_is_typed_refused_as_a_whole_and_entered(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    on = staffed.office.today + timedelta(days=3)
    fields = {"csrf": csrf_of(staffed), "plan": "第三批", "on": f"{on}", "starts": "9 点", "people": "考务 孙七"}
    answer = staffed.client.post(NEW, files={name: (None, text) for name, text in fields.items()})
    assert (answer.status_code, "request-invalid" in answer.text) == (422, True)
    assert "开始时间：应为开始时间" in answer.text
    assert "评价地点：缺少此项" in answer.text
    assert "考评项目，每行一项：缺少此项" in answer.text
    assert 'value="9 点"' in answer.text
    fields |= {"starts": "０９：30", "place": "实训楼", "jobs": "电工/3/理论,技能/candidates=30\r\n\r\n焊工/4/技能"}
    answer = staffed.client.post(
        NEW, files={name: (None, text) for name, text in fields.items()}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    identity = int(answer.headers["location"].partition("?")[0].rpartition("/")[2])
    held = read_assessment(staffed.office.register, identity).held
    assert (held.plan, held.place, len(held.assessment.jobs)) == ("第三批", "实训楼", 2)
    assert held.assessment.starts_at.isoformat() == f"{on}T01:30:00+00:00"
    page = f"/office/assessments/{identity}"
    cancelled = {"csrf": csrf_of(staffed), "act": "cancel", "reason": " "}
    assert "事由：缺少此项" in staffed.client.post(page, data=cancelled).text
    answer = staffed.client.post(page, data=cancelled | {"reason": "停电"}, follow_redirects=False)
    assert answer.status_code == 303
