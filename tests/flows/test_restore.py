"""The day of a restore: whatever came after the backup, no door calls a card valid that was taken away since."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE, Institution
from service.domain.status_list import Status
from service.domain.verdict_words import Word
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.cancellations import correct_cancellation, decline_proposal, list_proposals, propose_revocation
from service.flows.cards.card_requests import (
    CorrectionRequest,
    DeclineRequest,
    ProposalRequest,
    ReplacementRequest,
    RevocationRequest,
    VoidRequest,
)
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import set_texts
from service.flows.cards.confirm import confirm_all, confirm_cards, list_unconfirmed
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.renew import renew_card
from service.flows.checking.lookup import lookup
from service.flows.checking.staff import check_number, word_on
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.errors import NoRegister, Refused
from service.flows.issue.number_series import ReservationRequest, list_series, reserve_numbers
from service.flows.people.accounts import disable_user, set_password
from service.flows.people.authorities import AuthorityRequest, add_authority
from service.flows.people.dispatching import DispatchRequest, WithdrawalRequest, send, withdraw_dispatch
from service.flows.people.engagements import EndRequest, end_engagement
from service.flows.people.institutions import add_institution
from service.flows.people.sign_in import SignInRefused
from service.flows.printing.desk import print_chosen
from service.flows.printing.print_requests import PrintCardsRequest
from service.flows.publishing.publish import bundle, keep_current
from service.flows.register import open_register
from service.flows.running.audit import SignedHead, audit, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.journal_mirror import set_mirror
from service.flows.running.mirror_faults import mirror_faults
from service.flows.running.restore import Restored, restore
from service.flows.running.restore_evidence import Later
from service.flows.running.restored_since import restored_since
from service.store import cancellations, dump
from service.store.engine import open_database
from service.store.tables import authority, cancellation, card_wording, correction, dispatch, engagement, proposal
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, Office, applicant, name_of, settings_of
from tests.flows.people_at_work import PASSWORD, enter, hire
from tests.flows.test_backup import empty_database
from tests.flows.test_publish import payload_of, published
from tests.flows.test_renew import CERTIFIED, LATER, renewal
from tests.flows.test_verify_online import claims_of

BAD = {
    "revoked": Word.REVOKED,
    "lost card": Word.REPLACED,
    "voided": Word.VOIDED,
    "superseded": Word.SUPERSEDED,
}
"""Cards that were taken away after the backup, and what they answered on the day before."""

SINCE = ("new copy", "renewed", "issued since")
"""Cards that were made after the backup, and were good."""


@dataclass
class Day:
    """A register, its backup, what happened after it, and what lies elsewhere."""

    office: Office
    folder: Path
    numbers: dict[str, CardNumber] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    old_bundle: bytes = b""
    head: SignedHead | None = None

    @property
    def backup(self) -> Path:
        return self.folder / "register.zip"

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def lists(self) -> Path:
        return self.folder / "public"

    def save_lists(self) -> None:
        """Save what anybody can download."""
        self.lists.mkdir(exist_ok=True)
        for number in (1,):
            (self.lists / f"list-{number}").write_bytes(published(self.office, number).body)


def lived(office: Office, folder: Path) -> Day:
    """Issue, publish, back up; then revoke, replace, void, renew, reserve and issue; and be seen by a checker."""
    day = Day(office, folder)
    for person, name in enumerate(("kept", *BAD), 1):
        day.numbers[name] = office.issue_one(applicant("external", person))
    office.move_to(LATER)
    day.numbers["young"] = office.issue_one(applicant("standard", 9, certified_on=CERTIFIED, applied_on=CERTIFIED))
    hire(office, "boss", "school")
    set_mirror(office.register.database, office.register.effects, office.register.mirror, day.mirror, ACTOR)
    day.texts = {name: office.text(number) for name, number in day.numbers.items()}
    keep_current(office.register)
    back_up(office.register, day.backup)
    office.clock.advance(hours=3)
    number = day.numbers
    revoke_card(
        office.register,
        number["revoked"],
        RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王主任"),
        By(ACTOR),
    )
    replace_card(office.register, number["lost card"], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    void_number(office.register, number["voided"], VoidRequest(reason="印错"), By(ACTOR))
    number["renewed"] = renew_card(office.register, number["superseded"], renewal("external"), By(ACTOR))
    number["issued since"] = office.issue_one(applicant("external", 7, certified_on=CERTIFIED, applied_on=CERTIFIED))
    reserve_numbers(office.register, ReservationRequest("R5029", 40, 45, "预留"), By(ACTOR))
    number["new copy"] = number["lost card"]
    day.texts |= {name: office.text(number[name]) for name in SINCE}
    office.clock.advance(minutes=5)
    day.old_bundle = bundle(office.register).body
    checker = open_bundle(day.old_bundle, Memory(), office.clock.now)
    day.memory = checker.memory
    for name, text in day.texts.items():
        expected = BAD.get(name, Word.VALID)
        assert office.verdict(text).verdict is expected, name
        assert checker.verify(text, office.clock.now).verdict is expected, name
    day.save_lists()
    day.head = signed_head(office.register)
    office.clock.advance(hours=2)
    return day


@pytest.fixture
def day(office: Office, tmp_path: Path) -> Day:
    return lived(office, tmp_path)


@contextmanager
def restored(day: Day, url: str, later: Later) -> Generator[tuple[Office, Restored]]:
    office = day.office
    other = Office(settings_of(day.folder / "there", url), clock=office.clock, random=office.random)
    told = restore(other.settings, other.effects, day.backup, later, actor=ACTOR)
    with other.open():
        yield other, told


_REPLAYED = (authority, card_wording, cancellation, correction, engagement, dispatch, proposal)

Ending = Callable[[Day], Later]
ENDINGS: dict[str, Ending] = {
    "mirror": lambda day: Later(mirror=day.mirror),
    "lists": lambda day: Later(published=day.lists, void_ahead=20),
    "nothing": lambda _: Later(void_ahead=20),
}


def online(office: Office, day: Day) -> dict[str, Word]:
    return {name: office.verdict(text).verdict for name, text in day.texts.items()}


@pytest.mark.parametrize("ending", ["mirror", "lists", "nothing"])
def test_no_door_calls_valid_what_was_taken_away_after_the_backup(
    day: Day, ending: str, dialect: str, request: pytest.FixtureRequest
) -> None:
    """督§19, 考§21: a restored older backup does not give a qualification back, online or offline."""
    with (
        empty_database(dialect, request, day.folder / "new") as url,
        restored(day, url, ENDINGS[ending](day)) as (other, told),
    ):
        words = online(other, day)
        assert [words[name] for name in SINCE] == [Word.STATUS_UNKNOWN] * 3, "genuine, and not to be told"
        if ending == "nothing":
            assert {words[name] for name in (*BAD, "kept", "young")} == {Word.STATUS_UNKNOWN}
        else:
            assert {name: words[name] for name in BAD} == BAD
            assert (words["kept"], words["young"]) == (Word.VALID, Word.VALID)
        for name, number in day.numbers.items():
            by_number = check_number(other.register, number).verdict
            assert name in {"kept", "young", "lost card", "new copy"} or by_number is not Word.VALID, name
            if name in BAD:
                found = lookup(other.register, number, name_of(1 + list(day.numbers).index(name)))
                assert found is not None
                assert found.verdict.verdict is by_number
            if name in SINCE:
                claims = claims_of(day.texts[name])
                assert word_on(other.register, number, claims.copy_id) is words[name], "at the roll-call too"
        summary = other.verdict(day.texts["issued since"]).summary
        assert "恢复" in summary.zh
        assert "restored" in summary.en
        assert audit(other.register).faults == ()

        # A checker that has seen the revocations: with what it has, and with what it now gets.
        old = open_bundle(day.old_bundle, day.memory, other.clock.now)
        if ending == "nothing":
            with pytest.raises(Refused) as refused:
                bundle(other.register)
            assert refused.value.code == "register-unconfirmed"
            assert keep_current(other.register) is None
            checkers = [old]
        else:
            new = open_bundle(bundle(other.register).body, day.memory, other.clock.now)
            assert new.notes == (), "the new lists are dated after those it has seen"
            checkers = [old, new, open_bundle(bundle(other.register).body, Memory(), other.clock.now)]
        for checker in checkers:
            told_offline = {name: checker.verify(text, other.clock.now).verdict for name, text in day.texts.items()}
            assert {name: told_offline[name] for name in BAD} == BAD
            assert told_offline["kept"] is Word.VALID
            assert Word.UNREGISTERED not in told_offline.values()

        # No number and no place is given again.
        fresh = other.issue_one(applicant("external", 8, certified_on=CERTIFIED, applied_on=CERTIFIED))
        assert fresh not in day.numbers.values()
        assert fresh == ("R50290003" if ending == "mirror" else "R50290021")
        place = claims_of(other.text(fresh))
        assert (place.status_list, place.status_index) == (2, 0)
        assert other.check(fresh) is Word.VALID
        assert audit(other.register).faults == ()
        assert told.unconfirmed == {"mirror": 0, "lists": 1, "nothing": 6}[ending]


def test_the_mirror_brings_back_the_decision_itself_and_the_journal_goes_on(
    day: Day, request: pytest.FixtureRequest, dialect: str
) -> None:
    office = day.office
    decided = _decision(office, day.numbers["revoked"])
    journal = office.events()
    with (
        empty_database(dialect, request, day.folder / "new") as url,
        restored(day, url, Later(mirror=day.mirror)) as (other, told),
    ):
        assert _decision(other, day.numbers["revoked"]) == decided
        assert other.card(day.numbers["superseded"]) == office.card(day.numbers["superseded"])
        assert other.events()[: len(journal)] == journal, "the entries themselves"
        assert audit(other.register, day.head).faults == (), "heads exported before still hold"
        assert list(mirror_faults(other.register.database, day.mirror)) == []
        assert told.replayed == len(journal) - told.journal_size
        assert set(told.lost) == {day.numbers["renewed"], day.numbers["issued since"]}
        (series,) = (one for one in list_series(other.register) if one.prefix == "R5029")
        assert (series.last_no, series.reserved, series.issued) == (2, 6, 0)
        event = next(event for event in other.events() if event.kind == "register-restored")
        assert (event.data["replayed"], event.data["lost"]) == (told.replayed, 2)
        # What was lost is issued again; the lost number is voided, and says so.
        void_number(other.register, day.numbers["issued since"], VoidRequest(reason="恢复后重新核发"), By(ACTOR))
        assert other.verdict(day.texts["issued since"]).verdict is Word.VOIDED
        again = other.issue_one(applicant("external", 7, certified_on=CERTIFIED, applied_on=CERTIFIED))
        assert other.check(again) is Word.VALID
        replace_card(
            other.register, day.numbers["lost card"], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR)
        )
        assert other.check(day.numbers["lost card"]) is Word.VALID
        assert online(other, day)["new copy"] is Word.REPLACED
        assert audit(other.register).faults == ()
        set_mirror(other.register.database, other.register.effects, other.register.mirror, day.mirror, ACTOR)
        assert list(mirror_faults(other.register.database, day.mirror)) == [], "and the mirror goes on too"


def _decision(office: Office, number: CardNumber) -> object:
    with office.register.database.read() as connection:
        return cancellations.get(connection, number)


def test_a_status_taken_from_a_list_waits_for_its_ground(lite: Office, tmp_path: Path) -> None:
    """督§19: who cancels, why and when is for the office to enter; that it is cancelled stands before."""
    day = lived(lite, tmp_path)
    with restored(day, f"sqlite:///{tmp_path}/there.db", ENDINGS["lists"](day)) as (other, told):
        number = day.numbers["revoked"]
        assert told.taken == len(BAD)
        taken = next(event for event in other.events() if event.kind == "card-status-taken")
        assert (taken.data["list"], taken.data["on"]) == (1, LATER.isoformat())
        assert _decision(other, number) is None
        revoke_card(
            other.register, number, RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王主任"), By(ACTOR)
        )
        assert _decision(other, number) is not None
        assert other.check(number) is Word.REVOKED
        assert list_unconfirmed(other.register) == (day.numbers["lost card"],)
        with pytest.raises(Refused) as refused:
            replace_card(
                other.register, day.numbers["lost card"], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR)
            )
        assert refused.value.code == "card-unconfirmed"
        assert check_number(other.register, day.numbers["lost card"]).verdict is Word.STATUS_UNKNOWN
        confirm_cards(other.register, (day.numbers["lost card"],), "查台账", By(ACTOR))
        replace_card(
            other.register, day.numbers["lost card"], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR)
        )
        assert other.check(day.numbers["lost card"]) is Word.VALID
        assert online(other, day)["lost card"] is Word.REPLACED
        assert audit(other.register).faults == ()


def test_where_nothing_tells_the_office_confirms_and_only_then_lists_are_signed(lite: Office, tmp_path: Path) -> None:
    day = lived(lite, tmp_path)
    with restored(day, f"sqlite:///{tmp_path}/there.db", ENDINGS["nothing"](day)) as (other, told):
        register, number = other.register, day.numbers
        assert told.unconfirmed == len(list_unconfirmed(register)) == 6
        keep_current(register)
        revoke_card(
            register,
            number["revoked"],
            RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王主任"),
            By(ACTOR),
        )
        void_number(register, number["voided"], VoidRequest(reason="印错"), By(ACTOR))
        assert other.check(number["revoked"]) is Word.REVOKED
        with pytest.raises(Refused) as refused:
            confirm_cards(register, (number["kept"],), " ", By(ACTOR))
        assert refused.value.code == "confirm-reason"
        assert confirm_cards(register, (number["kept"],), "查台账", By(ACTOR)) == (number["kept"],)
        assert other.check(number["kept"]) is Word.VALID
        with pytest.raises(Refused) as refused:
            confirm_cards(register, (number["young"], number["kept"]), "查台账", By(ACTOR))
        assert refused.value.code == "card-confirmed"
        assert other.check(number["young"]) is Word.STATUS_UNKNOWN, "all or nothing"
        with pytest.raises(Refused):
            published(other)
        assert confirm_all(register, "逐张核对", ACTOR) == 5
        assert other.check(number["young"]) is Word.VALID
        keep_current(register)
        listed = payload_of(other, published(other).body)
        assert listed.status_at(claims_of(day.texts["revoked"]).status_index) is Status.REVOKED
        assert listed.issued_at > max(day.memory.highest_iat.values())
        assert audit(register).faults == ()
        told_events = [event.kind for event in other.events()]
        assert told_events.count("card-confirmed") == told_events.count("cards-confirmed") == 1


def test_what_else_came_after_the_backup_is_replayed_as_far_as_entries_tell(office: Office, tmp_path: Path) -> None:
    register = office.register
    hire(office, "boss", "school", "gate")
    number = office.issue_one(applicant("external", 1))
    other_card = office.issue_one(applicant("external", 2))
    day = Day(office, tmp_path)
    set_mirror(register.database, register.effects, register.mirror, day.mirror, ACTOR)
    back_up(register, day.backup)
    office.clock.advance(hours=1)
    add_authority(register, AuthorityRequest("巴南区人社局"), ACTOR)
    add_institution(register, Institution("500999", "Y", "新厂"), ACTOR)
    set_texts(register, CardTextsRequest(reason="更名", texts={"printer": "重庆市技能中心"}), ACTOR)
    set_texts(register, CardTextsRequest(reason="又改回", again=0), ACTOR)
    disable_user(register, "gate", ACTOR)
    set_password(register, "school", "another one entirely", ACTOR)
    lost = office.issue_one(applicant("internal", 3))
    void_number(register, lost, VoidRequest(reason="印错"), By(ACTOR))
    _work(office, number, other_card)
    before = _state(office)
    with restored(day, f"sqlite:///{tmp_path}/there.db", Later(mirror=day.mirror)) as (other, told):
        assert _state(other) == before
        assert enter(other, "boss", PASSWORD)
        for name, password in (("gate", PASSWORD), ("school", PASSWORD)):
            with pytest.raises(SignInRefused):
                enter(other, name, password)
        assert told.not_replayed == {"user-password-set": 1}
        assert audit(other.register).faults == ()
        assert check_number(other.register, lost).verdict is Word.VOIDED
        identity = propose_revocation(other.register, other_card, _proposal(), By(ACTOR, SCHOOL.code))
        assert identity == 3, "ids go on where they ended"


def _proposal(reason: str = "多次迟到") -> ProposalRequest:
    return ProposalRequest(ground="督§19(4)", reason=reason, proposed_by="习勤")


def _work(office: Office, number: CardNumber, other_card: CardNumber) -> None:
    """Propose, decide, decline, correct, engage, end, send and withdraw."""
    register, today = office.register, office.today
    propose_revocation(register, number, _proposal(), By(ACTOR, SCHOOL.code))
    revoke_card(register, number, RevocationRequest(ground="督§19(4)", reason="错判", decided_by="王主任"), By(ACTOR))
    correct_cancellation(register, number, CorrectionRequest(reason="查无此事", decided_by="王主任"), By(ACTOR))
    declined = propose_revocation(register, other_card, _proposal("不实"), By(ACTOR, SCHOOL.code))
    decline_proposal(register, declined, DeclineRequest(reason="查无此事", decided_by="王主任"), By(ACTOR))
    made = engage(
        register, other_card, SCHOOL.code, since=today, until=None, as_internal=True, document="责任书", actor=ACTOR
    )
    end_engagement(register, made.id, EndRequest(on=today, reason="离职"), By(ACTOR))
    engage(register, other_card, "500999", since=today, until=None, as_internal=True, document="责任书", actor=ACTOR)
    on = today + timedelta(days=3)
    sent = send(
        register, other_card, DispatchRequest(institution=SCHOOL.code, on=on, plan=None), By(ACTOR, "巴南区人社局")
    )
    withdraw_dispatch(register, sent.id, WithdrawalRequest(reason="改期"), By(ACTOR))
    send(register, other_card, DispatchRequest(institution=SCHOOL.code, on=on, plan="第1批"), By(ACTOR, "巴南区人社局"))


def _state(office: Office) -> dict[str, object]:
    register = office.register
    with register.database.read() as connection:
        rows = {table.name: sorted(map(str, connection.execute(table.select()).all())) for table in _REPLAYED}
    return {**rows, "institutions": register.institutions(), "proposals": list_proposals(register)}


def _refusal(day: Day, later: Later) -> str:
    """Return the code a restore is refused with, having seen that nothing was brought back."""
    other = Office(settings_of(day.folder / "no", f"sqlite:///{day.folder}/no.db"), clock=day.office.clock)
    with pytest.raises(Refused) as refused:
        restore(other.settings, other.effects, day.backup, later, actor=ACTOR)
    with pytest.raises(NoRegister):
        open_register(other.settings, other.effects)
    database = open_database(other.settings.database_url)
    with database.read() as connection:
        assert dump.is_empty(connection)
    database.close()
    return refused.value.code


def _last_file(day: Day) -> Path:
    return max((day.mirror / "entries").glob("*.jsonl"))


def test_a_mirror_or_list_that_is_not_what_it_was_restores_nothing(lite: Office, tmp_path: Path) -> None:
    """Refused with the place; after each damage the same restore still goes through with the good files."""
    day = lived(lite, tmp_path)
    assert day.head is not None
    by_mirror, lists = Later(mirror=day.mirror), Later(published=day.lists, void_ahead=20)
    file, first = _last_file(day), min((day.mirror / "entries").glob("*.jsonl"))
    saved = next(day.lists.iterdir())
    flipped = saved.read_bytes()[:-1] + bytes([saved.read_bytes()[-1] ^ 1])
    damages: list[tuple[Path, bytes | None, Later, str]] = [
        (file, file.read_bytes()[:-9], by_mirror, "mirror-damaged"),
        (file, file.read_bytes().replace(b'"actor":"', b'"actor":"x', 1), by_mirror, "mirror-altered"),
        (first, first.read_bytes().replace(b'"actor":"', b'"actor":"x', 1), by_mirror, "mirror-not-ours"),
        (first, None, by_mirror, "mirror-damaged"),
        (day.mirror / "position.json", None, by_mirror, "mirror-missing"),
        (saved, flipped, lists, "status-list-invalid"),
        (saved, day.old_bundle, lists, "status-list-invalid"),
        (saved, None, lists, "no-status-list"),
    ]
    for path, content, later, code in damages:
        whole = path.read_bytes()
        assert content != whole
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        assert _refusal(day, later) == code, path
        path.write_bytes(whole)
    with restored(day, f"sqlite:///{tmp_path}/there.db", by_mirror) as (other, _):
        assert other.verdict(day.texts["revoked"]).verdict is Word.REVOKED


def test_a_mirror_that_ends_before_the_head_leaves_cards_open(lite: Office, tmp_path: Path) -> None:
    """A share that was away when the register was lost lacks the last entries: a head shows it."""
    day = lived(lite, tmp_path)
    lite.register.mirror.follow()
    file = _last_file(day)
    late = Later(mirror=day.mirror, head=signed_head(lite.register))
    for path in (day.mirror / "heads").iterdir():
        path.unlink()
    file.unlink()
    assert _refusal(day, late) == "backup-older-than-head"
    with restored(day, f"sqlite:///{tmp_path}/there.db", replace(late, void_ahead=20)) as (other, told):
        words = online(other, day)
        assert {name: words[name] for name in BAD} == BAD, "what the mirror tells is replayed"
        assert words["kept"] is Word.STATUS_UNKNOWN, "and the rest waits"
        assert told.unconfirmed == 3
        assert audit(other.register).faults == ()


def test_an_amendment_made_after_the_backup_kills_the_old_copy_in_the_restored_register(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, dialect: str
) -> None:
    """The mirror has the amended words in digests only: the office enters them again, but for a job type's wording."""
    outcome = office.issue(applicant("standard", 1, occupations="茶艺帅"), new_job_types=("茶艺帅",))
    number = CardNumber(outcome.issued[0].number or "")
    day = Day(office, tmp_path)
    set_mirror(office.register.database, office.register.effects, office.register.mirror, day.mirror, ACTOR)
    back_up(office.register, day.backup)
    old, before = office.text(number), office.card(number)
    request_made = AmendmentRequest(reason="错字", name=before.name[:-1] + "淇", occupations="茶艺师")
    amend_card(office.register, number, request_made, By(ACTOR))
    made_since = office.text(number)
    print_chosen(office.register, PrintCardsRequest(numbers=[number]), By(ACTOR, CENTRE), "").file.close()
    with (
        empty_database(dialect, request, day.folder / "new") as url,
        restored(day, url, Later(mirror=day.mirror)) as (other, told),
    ):
        assert other.verdict(old).verdict is Word.REPLACED
        assert other.verdict(made_since).verdict is not Word.REVOKED
        assert told.not_replayed == {"card-amended": 1, "cards-printed": 1}
        since = restored_since(other.register)
        assert since is not None
        assert (since.is_replayed, since.not_replayed) == (True, told.not_replayed)
        other.clock.advance(days=31)
        assert restored_since(other.register) is None
        assert (other.card(number).name, other.card(number).occupations[0].name) == (before.name, "茶艺师")
        assert audit(other.register).faults == ()
