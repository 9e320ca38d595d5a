"""Who is told of changes: in the same transaction, signed, at least once, tried again, and nobody's data in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from typing import Any, Final

import pytest
from sqlalchemy import Engine, Table, event, func, select, update

from service.domain.access import PERMISSIONS, Account, By, Principal, Role
from service.domain.errors import IllegalTransition
from service.domain.notice import TargetInvalid, Topic, check_target, next_try, signature
from service.domain.validity import add_months
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.notices.daily import tell_of_the_day
from service.flows.notices.deliver import Answered, Outgoing, deliver_due, forget_notices
from service.flows.notices.subscriptions import (
    NewWebhook,
    WebhookRequest,
    add_webhook,
    count_failing,
    enable_webhook,
    list_webhooks,
    remove_webhook,
    replay_delivery,
    webhook_with_deliveries,
)
from service.flows.pieces import PIECE
from service.flows.register import Register
from service.mail_server import Mail
from service.store.tables import delivery, notice
from service.web.outgoing import Sender, may_be_asked
from tests.databases import opened
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant, name_of

LOOPBACK: Final = (ip_network("127.0.0.0/8"),)
EVERY: Final = list(Topic)


CENTRE: Final = Principal(1, Account("somebody", Role.CENTRE), PERMISSIONS[Role.CENTRE])


def subscribe(office: Office, target: str, by: By = CENTRE.by, topics: list[Topic] = EVERY) -> NewWebhook:
    return add_webhook(office.register, by, WebhookRequest(target, topics))


def taking(sent: list[Outgoing], answer: Answered) -> Any:  # noqa: ANN401 - a function that sends
    def send(message: Outgoing) -> Answered:
        sent.append(message)
        return answer

    return send


@dataclass
class Received:
    """What a local server was sent, and with which status it answers."""

    port: int = 0
    status: int = 200
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])


@contextmanager
def http_server(tls: ssl.SSLContext | None = None) -> Iterator[Received]:
    """Run a server on 127.0.0.1 that keeps what it is sent; ``tls``: it speaks https."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.requests.append((dict(self.headers.items()), body))
            self.send_response(received.status)
            if received.status in {301, 302, 307, 308}:
                self.send_header("location", f"http://127.0.0.1:{received.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received.port = server.server_port
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield received
        server.shutdown()
        thread.join()


@contextmanager
def smtp_server() -> Iterator[tuple[int, list[bytes]]]:
    letters: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letter = b""
                    while (line := self.rfile.readline()) != b".\r\n":
                        letter += line
                    letters.append(letter)
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1], letters
        server.shutdown()
        thread.join()


def test_a_server_gets_the_number_signed_and_nothing_else_of_anybody(lite: Office) -> None:
    with http_server() as server:
        made = subscribe(lite, f"http://127.0.0.1:{server.port}/hook?x=1")
        number = lite.issue_one(applicant("external", 1))
        sender = Sender(replace(lite.settings, webhook_networks=LOOPBACK), "zk.example.cn")
        assert deliver_due(lite.register, sender) == 1
        assert deliver_due(lite.register, sender) == 0, "once it is taken it is not sent again"
    ((headers, body),) = server.requests
    told = json.loads(body)
    assert (told["type"], told["data"]) == ("card.issued", {"number": number})
    assert name_of(1) not in body.decode()
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert signature(made.secret, "msg_1", 1, b"{}") != signature(made.secret, "msg_1", 2, b"{}")


def test_what_is_refused_or_lost_tells_nobody_and_each_change_is_told_with_it(lite: Office) -> None:
    subscribe(lite, "https://hooks.example.cn/")
    number = lite.issue_one(applicant("external", 1))
    decision = RevocationRequest(ground="督§19(4)", reason="查实", decided_by="李四")
    revoke_card(lite.register, number, decision, By(ACTOR))
    with pytest.raises(IllegalTransition):
        revoke_card(lite.register, number, decision, By(ACTOR))
    sent: list[Outgoing] = []
    deliver_due(lite.register, taking(sent, Answered(204)))
    assert [(one.notice.topic, one.notice.data) for one in sent] == [
        (Topic.ISSUED, {"number": number}),
        (Topic.REVOKED, {"number": number}),
    ]


def test_an_institution_is_told_of_its_own_cards_and_keeps_its_own_addresses(lite: Office) -> None:
    school = By(ACTOR, SCHOOL.code)
    own = subscribe(lite, "https://school.example.cn/", school, [Topic.ISSUED]).webhook
    other = subscribe(lite, "https://centre.example.cn/").webhook
    lite.issue_one(applicant("external", 1))
    internal = lite.issue_one(applicant("internal", 2))
    sent: list[Outgoing] = []
    deliver_due(lite.register, taking(sent, Answered(200)))
    assert [one.notice.data["number"] for one in sent if "school" in one.target] == [internal]
    assert len(sent) == 3
    assert list_webhooks(lite.register, school) == (own,)
    for act in (remove_webhook, enable_webhook, webhook_with_deliveries):
        with pytest.raises(Refused, match="no such address"):
            act(lite.register, school, other.id)


def test_an_institution_is_told_of_its_peoples_cards_whoever_issued_them(lite: Office) -> None:
    told = [Topic.REVOKED, Topic.EXPIRING]
    subscribe(lite, "https://school.example.cn/", By(ACTOR, SCHOOL.code), told)
    subscribe(lite, "https://factory.example.cn/", By(ACTOR, FACTORY.code), told)
    numbers = [lite.issue_one(applicant("standard", person)) for person in (1, 2, 3)]
    for number, until in zip(numbers, (None, lite.today, None), strict=True):
        engage(lite.register, number, SCHOOL.code, since=lite.today, until=until, actor=ACTOR)
    lite.clock.advance(days=91)
    decision = RevocationRequest(ground="考§21(1)", reason="查实", decided_by="李四")
    for number in numbers[:2]:
        revoke_card(lite.register, number, decision, By(ACTOR))
    lite.move_to(add_months(lite.today, 30))
    tell_of_the_day(lite.register)
    sent: list[Outgoing] = []
    deliver_due(lite.register, taking(sent, Answered(200)))
    assert [(one.target, one.notice.topic, one.notice.data["number"]) for one in sent] == [
        ("https://school.example.cn/", Topic.REVOKED, numbers[0]),
        ("https://school.example.cn/", Topic.EXPIRING, numbers[2]),
    ]


def test_a_failing_address_is_tried_later_and_later_and_disabled_after_three_days(lite: Office) -> None:
    hook = subscribe(lite, "https://down.example.cn/").webhook
    lite.issue_one(applicant("external", 1))
    sent: list[Outgoing] = []
    send = taking(sent, Answered(None, "not-reached"))
    for _ in range(80):
        deliver_due(lite.register, send)
        lite.clock.advance(hours=1)
    assert 8 <= len(sent) <= 30
    assert len({one.headers["webhook-id"] for one in sent}) == 1, "the id is the same over all tries"
    assert count_failing(lite.register, CENTRE) == 1
    found, ((delivery),) = webhook_with_deliveries(lite.register, CENTRE.by, hook.id)
    assert found.disabled_at is not None
    assert delivery.outcome == "not-reached"
    assert "webhook-disabled" in [event.kind for event in lite.events()]
    lite.issue_one(applicant("external", 2))
    deliver_due(lite.register, send)
    assert len(sent) == delivery.attempts, "a disabled address is told nothing"
    enable_webhook(lite.register, CENTRE.by, hook.id)
    replay_delivery(lite.register, CENTRE.by, hook.id, delivery.id)
    assert deliver_due(lite.register, taking(sent, Answered(200))) == 1
    assert count_failing(lite.register, CENTRE) == 0


def test_gone_disables_at_once_and_redirects_are_not_followed(lite: Office) -> None:
    with http_server() as server:
        hook = subscribe(lite, f"http://127.0.0.1:{server.port}/").webhook
        sender = Sender(replace(lite.settings, webhook_networks=LOOPBACK), "zk.example.cn")
        server.status = 307
        lite.issue_one(applicant("external", 1))
        assert deliver_due(lite.register, sender) == 0
        assert len(server.requests) == 1, "nobody was led elsewhere"
        server.status = 410
        lite.clock.advance(minutes=10)
        deliver_due(lite.register, sender)
    assert webhook_with_deliveries(lite.register, CENTRE.by, hook.id)[0].disabled_at is not None


def test_private_addresses_are_asked_only_where_the_operator_allows_them(lite: Office) -> None:
    for text in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"):  # noqa: S104
        assert not may_be_asked(ip_address(text), ()), text
    assert may_be_asked(ip_address("223.5.5.5"), ())
    assert may_be_asked(ip_address("10.1.2.3"), (ip_network("10.0.0.0/8"),))
    with http_server() as server:
        subscribe(lite, f"http://127.0.0.1:{server.port}/")
        lite.issue_one(applicant("external", 1))
        deliver_due(lite.register, Sender(lite.settings, "zk.example.cn"))
    assert server.requests == []


@pytest.mark.parametrize(
    "target",
    [
        *("ftp://a.example.cn/", "https://user:pw@a.example.cn/", "https://a.example.cn/#x", "javascript:1"),
        *("mailto:x", "", "https://a b/", "https://例.cn/", "https://a.example.cn/" + "x" * 300),
        "mailto:a@b.cn?cc=d@e.cn",
    ],
)
def test_other_addresses_are_refused(target: str) -> None:
    with pytest.raises(TargetInvalid):
        check_target(target)


def test_mail_names_the_number_and_nobody(lite: Office) -> None:
    with smtp_server() as (port, letters):
        subscribe(lite, "mailto:desk@example.cn")
        number = lite.issue_one(applicant("external", 1))
        deliver_due(lite.register, Sender(lite.settings, "zk.example.cn"))
        lite.clock.advance(minutes=1)
        mail = Mail("127.0.0.1", port, "zhengka@example.cn", is_plain=True)
        assert deliver_due(lite.register, Sender(replace(lite.settings, mail=mail), "zk.example.cn")) == 1
    (letter,) = letters
    read = message_from_bytes(letter, policy=policy.default)
    assert read["To"] == "desk@example.cn"
    text = read.get_content()
    assert number in text
    assert name_of(1) not in text


def test_the_days_duties_and_expiring_cards_are_told_once(lite: Office) -> None:
    subscribe(lite, "https://hooks.example.cn/", topics=[Topic.EXPIRING, Topic.DUTIES])
    number = lite.issue_one(applicant("external", 1))
    lite.move_to(add_months(lite.today, 35))
    for _ in range(2):
        tell_of_the_day(lite.register)
        lite.clock.advance(hours=1)
    sent: list[Outgoing] = []
    deliver_due(lite.register, taking(sent, Answered(200)))
    assert sorted(one.notice.topic for one in sent) == [Topic.EXPIRING, Topic.DUTIES], [one.notice for one in sent]
    assert {one.notice.data.get("number") for one in sent} == {number, None}
    lite.clock.advance(days=1)
    tell_of_the_day(lite.register)
    deliver_due(lite.register, taking(sent, Answered(200)))
    assert [one.notice.topic for one in sent].count(Topic.EXPIRING) == 1, "a card once"
    lite.clock.advance(days=40)
    assert forget_notices(lite.register) == len(sent)


@pytest.mark.parametrize("ends", [remove_webhook, None], ids=["removed", "disabled"])
def test_nothing_waits_for_ever_for_an_address_that_is_told_no_more(
    lite: Office, ends: Callable[[Register, By, int], None] | None
) -> None:
    hook = subscribe(lite, "https://down.example.cn/", topics=[Topic.ISSUED]).webhook
    lite.issue_one(applicant("external", 1))
    if ends is None:
        deliver_due(lite.register, taking([], Answered(410)))
        lite.issue_one(applicant("external", 2))
    else:
        ends(lite.register, CENTRE.by, hook.id)
    lite.clock.advance(days=31)
    assert forget_notices(lite.register) == 1
    assert count_of(lite, notice) == count_of(lite, delivery) == 0


def count_of(office: Office, table: Table) -> int:
    with office.register.database.read() as connection:
        found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return found


def old_key(number: int) -> str:
    return f"msg_expiring_R5029{number:04}_2026-11-02"


def many_notices(office: Office, count: int) -> None:
    """Put notices of a day long past into the outbox, which have been delivered."""
    hook = subscribe(office, "https://hooks.example.cn/").webhook.id
    at = office.effects.now()
    keys = [old_key(number) for number in range(count)]
    told = [{"key": key, "topic": Topic.ISSUED.value, "data": '{"number": null}', "at": at} for key in keys]
    sent = [{"webhook_id": hook, "notice": key, "attempts": 1, "done_at": at, "outcome": "200"} for key in keys]
    with office.register.database.write() as connection:
        connection.execute(notice.insert(), told)
        connection.execute(delivery.insert(), sent)
    office.clock.advance(days=40)


def test_old_notices_are_forgotten_in_transactions_of_bounded_length(office: Office) -> None:
    many_notices(office, 2 * PIECE + 5)
    key = old_key(7)
    waiting = update(delivery).where(delivery.c.notice == key).values(next_at=office.effects.now())
    lengths: list[int] = []
    with office.register.database.write() as connection:
        connection.execute(waiting)
    with counted_deletions(lengths):
        assert forget_notices(office.register) == 2 * PIECE + 4, "all but one that waits"
    assert lengths
    assert max(lengths) <= PIECE
    with office.register.database.read() as connection:
        assert connection.execute(select(notice.c.key)).scalars().all() == [key]


@contextmanager
def counted_deletions(lengths: list[int]) -> Iterator[None]:
    """Note of each statement that deletes how many rows it has deleted."""

    def note(_connection: object, cursor: Any, statement: str, *_: object) -> None:  # noqa: ANN401 - of either driver
        if statement.startswith("DELETE"):
            lengths.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "after_cursor_execute", note)


def test_old_notices_that_another_process_deletes_are_left_to_it(office_in_postgresql: Office) -> None:
    many_notices(office_in_postgresql, 20)
    register = office_in_postgresql.register
    taken = select(notice.c.key).order_by(notice.c.key).limit(5).with_for_update()
    with opened(office_in_postgresql.settings.database_url) as database, database.write() as another:
        assert len(another.execute(taken).all()) == 5
        assert forget_notices(register) == 15
    assert forget_notices(register) == 5


def test_tries_come_later_and_later_and_end() -> None:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    now, gaps = start, list[timedelta]()
    for attempt in range(1, 50):
        at = next_try(attempt, start, now)
        if at is None:
            break
        gaps.append(at - now)
        now = at
    assert gaps == sorted(gaps)
    assert timedelta(days=2) < now - start <= timedelta(days=3)
