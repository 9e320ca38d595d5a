"""The print room's pages: from the queue to the holder, what is refused, and whose cards they are."""

from __future__ import annotations

import io
import re
from typing import Any, Final

import httpx
import pypdfium2
import pytest

from service.domain.card_number import CardNumber
from service.domain.printing import CopyStage
from service.flows.checking.read_codes import PDF_DPI, read_codes
from service.flows.printing.queue import Chosen, list_waiting, print_log
from tests.api.staffed import Staffed
from tests.flows.office import SCHOOL, applicant
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import csrf_of, led_to, refused

PAGE = "/office/printing"
SCALE: Final[Any] = PDF_DPI / 72  # typed as whole numbers where it is taken


@pytest.fixture(scope="module")
def people() -> list[int]:
    return list(range(990, 910, -1))


def issued(staffed: Staffed, people: list[int], kind: str = "external") -> CardNumber:
    today = staffed.office.today
    return staffed.office.issue_one(applicant(kind, people.pop(), certified_on=today, applied_on=today))


def post(staffed: Staffed, path: str = PAGE, csrf: str = "", **fields: object) -> httpx.Response:
    data = {"csrf": csrf or csrf_of(staffed), **fields}
    if path == PAGE + "/check":
        files: dict[str, Any] = {
            name: value if isinstance(value, tuple) else (None, value) for name, value in data.items()
        }
        answer = staffed.client.post(path, files=files, follow_redirects=False)
    else:
        answer = staffed.client.post(path, data=data, follow_redirects=False)
    assert isinstance(answer, httpx.Response)
    return answer


def is_pdf(answer: httpx.Response) -> bytes:
    assert answer.status_code == 200, re.findall(r'class="alert bad".*', answer.text)
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


def test_a_card_is_printed_checked_and_handed_out(staffed: Staffed, people: list[int]) -> None:
    number = issued(staffed, people)
    sign_in(staffed, "centre")
    text = staffed.client.get(PAGE).text
    assert number in text
    assert "新发" in text
    csrf = csrf_of(staffed)
    pdf = is_pdf(post(staffed, csrf=csrf, act="print", numbers=number, start="3"))
    assert is_pdf(post(staffed, csrf=csrf, act="print", numbers=number, start="3")) == pdf, "pressed twice"
    assert [step.time for step, _ in print_log(staffed.office.register, number)] == [1]
    refused(post(staffed, act="print", numbers=number), 422, "print-again-unexplained")
    with pypdfium2.PdfDocument(pdf) as document:
        picture = io.BytesIO()
        document[1].render(scale=SCALE).to_pil().save(picture, "PNG")
    (code,) = read_codes(pdf)
    found = post(staffed, PAGE + "/check", picture=("back.png", picture.getvalue(), "image/png"))
    assert found.status_code == 303
    address = found.headers["location"]
    assert code.partition("#")[2] not in address
    for _ in range(2):
        assert f"/office/printing/faces/{number}" in staffed.client.get(address).text
    assert staffed.client.get(f"{PAGE}/faces/{number}").headers["content-type"] == "image/png"
    led_to(post(staffed, PAGE + "/checked", text=code), PAGE + "/check", "print_checked")
    assert number in staffed.client.get(PAGE + "?stage=checked").text
    is_pdf(post(staffed, PAGE + "/signatures.pdf", numbers=number))
    refused(post(staffed, PAGE + "/hand-out", numbers=number, delivery="posted"), 422, "tracking-missing")
    led_to(post(staffed, PAGE + "/hand-out", numbers=number, delivery="signed"), PAGE, "print_handed_out")
    assert number in staffed.client.get(PAGE + "?stage=handed-out").text
    card = staffed.client.get(f"/office/cards/{number}").text
    assert "第 1 次打印" in card
    assert "到打印间打印" in card
    assert "发放，本人签收" in card
    assert "第 1 次打印" in staffed.client.get(f"/office/people/{number}").text


def test_a_spoilt_card_is_printed_again_in_four_clicks(staffed: Staffed, people: list[int]) -> None:
    number = issued(staffed, people)
    sign_in(staffed, "centre")
    is_pdf(post(staffed, act="print", numbers=number))
    front = staffed.client.get("/office").text
    assert 'href="/office/printing"' in front  # 1: the print room; 2: 重打; 3: the reason; 4: 重打这一张
    page = staffed.client.get(PAGE).text
    form = page[page.index(f'value="{number}"><input type="hidden" name="printer"') :]
    assert re.findall('name="again" id="[^"]*" value="([a-z]+)"', form)[:4] == ["jam", "colour", "cut", "other"]
    refused(post(staffed, act="again", numbers=number), 422, "again-unexplained")
    is_pdf(post(staffed, act="again", numbers=number, again="colour"))
    assert [(step.time, step.reason) for step, _ in print_log(staffed.office.register, number)] == [
        (1, None),
        (2, "colour"),
    ]
    assert "第 2 次打印，重打：颜色" in staffed.client.get(f"/office/cards/{number}").text


def test_cards_that_are_not_listed_are_printed_too_unless_the_queue_has_changed(
    staffed: Staffed, people: list[int]
) -> None:
    for _ in range(12):
        issued(staffed, people)
    sign_in(staffed, "centre")
    waiting = [line.number for line in list_waiting(staffed.office.register, "centre", Chosen(), 100)]
    rest = re.findall('name="rest" value="([0-9]+)"', staffed.client.get(PAGE).text)
    assert rest == [str(len(waiting) - 10)]
    refused(post(staffed, act="print", numbers=waiting[:10], rest="1"), 422, "queue-changed")
    is_pdf(post(staffed, act="trial", numbers=waiting[:10], rest=rest[0], start="2"))
    left = list_waiting(staffed.office.register, "centre", Chosen(), 100)
    assert len(left) == len(waiting) - 3, "the first sheet alone, from its second place on"
    more = str(len(left) - 10) if len(left) > 10 else ""
    is_pdf(post(staffed, act="print", numbers=[line.number for line in left[:10]], rest=more))
    assert list_waiting(staffed.office.register, "centre", Chosen(CopyStage.TO_PRINT), 100) == ()
    refused(post(staffed, act="print"), 422, "nothing-to-print")


def test_each_body_prints_its_own(staffed: Staffed, people: list[int]) -> None:
    theirs, ours = issued(staffed, people, "internal"), issued(staffed, people)
    for who in ("gate", "auditor", "yubei", "boss"):
        sign_in(staffed, who)
        for path in ("", "/check", "/printers", "/calibration.pdf"):
            refused(staffed.client.get(PAGE + path), 403, "not-permitted")
    sign_in(staffed, "school")
    text = staffed.client.get(PAGE).text
    assert theirs in text
    assert ours not in text
    refused(post(staffed, act="print", numbers=ours), 404, "no-such-card")
    refused(post(staffed, PAGE + "/signatures.pdf", numbers=ours), 404, "no-such-card")
    refused(staffed.client.get(f"{PAGE}/faces/{ours}"), 404, "no-such-card")
    refused(staffed.client.get(f"{PAGE}/jobs/1/cards.pdf"), 404, "no-such-print-job")
    refused(post(staffed, act="print", csrf="x" * 43, numbers=theirs), 403, "csrf")
    led_to(post(staffed, PAGE + "/printers", act="centre", on="yes"), PAGE + "/printers", "centre_prints")
    sign_in(staffed, "centre")
    assert theirs in staffed.client.get(f"{PAGE}?issuer={SCHOOL.code}").text
    assert staffed.client.get(f"{PAGE}/faces/{theirs}").status_code == 200
    is_pdf(post(staffed, act="print", numbers=theirs))
    sign_in(staffed, "school")
    led_to(post(staffed, PAGE + "/printers", act="centre", on="no"), PAGE + "/printers", "prints_itself")


def test_a_printer_is_set_and_what_was_typed_is_kept(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    answer = post(staffed, PAGE + "/printers", act="printer", name="证卡室 1 号机", sheet="a4-5", back_x="12")
    refused(answer, 422, "request-invalid")
    assert 'value="证卡室 1 号机"' in answer.text
    made = post(staffed, PAGE + "/printers", act="printer", name="证卡室 1 号机", sheet="a4-5", back_x="-0.3")
    led_to(made, PAGE + "/printers", "printer_set")
    assert "第 5 格" in staffed.client.get(PAGE).text or "没有待打印" in staffed.client.get(PAGE).text
    page = staffed.client.get(PAGE + "/printers").text
    (identity,) = re.findall('name="printer" value="([0-9]+)"', page)
    led_to(post(staffed, PAGE + "/printers", act="remove", printer=identity), PAGE + "/printers", "printer_removed")
    assert is_pdf(staffed.client.get(PAGE + "/calibration.pdf?flip=short-edge"))


def test_what_is_scanned_must_be_a_print_of_ours(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    for text, code in (("", "scan-empty"), ("https://example.com/1#123", "print-not-ours")):
        refused(post(staffed, PAGE + "/check", text=text), 422, code)
    refused(post(staffed, PAGE + "/check", picture=("a.png", b"no picture", "image/png")), 422, "file")
