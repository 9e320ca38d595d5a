"""The judgement of a check: from what was found out about a card to one word, and what was checked on the way.

What comes in are the facts of ``check_facts``: how the reading and the signature went, and what the register or,
offline, the status list and the key document said. ``judge`` adds nothing to them but the rules, so the same facts give
the same verdict on the server, at the command line and in a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, assert_never

from service.domain.card import CardStatus
from service.domain.card_view import CardView, view_of
from service.domain.check_facts import (
    Doubt,
    Forged,
    Genuine,
    ListAnswer,
    Lost,
    Record,
    RegisterAnswer,
    Scan,
    Source,
    UnknownKey,
    Unreadable,
)
from service.domain.event import Json
from service.domain.fitness import Duty, FitForDuty, fit_for_duty
from service.domain.kinds import CardKind
from service.domain.status_list import Status, StatusListError, StatusListPayload
from service.domain.validity import civil_date
from service.domain.verdict_checks import (
    Check,
    Outcome,
    Tone,
    duty_checks,
    signature_check,
    status_check,
    term_checks,
    term_word,
    tone_of,
    unknown_word,
)
from service.domain.verdict_words import Summary, Word, summarise

NO_DUTY: Final = Duty()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a check. ``card`` and ``fit_for_duty`` are None where there is nothing to vouch for or to ask."""

    verdict: Word
    summary: Summary
    as_of: datetime
    tone: Tone
    checks: tuple[Check, ...]
    card: CardView | None
    fit_for_duty: FitForDuty | None

    def public(self) -> Verdict:
        """Return the verdict to someone who holds neither the card nor an account."""
        return replace(self, card=self.card.public() if self.card else None)

    def as_json(self) -> dict[str, Json]:
        """Return the verdict as programs get it; ``as_of`` in RFC 3339, UTC."""
        return {
            "verdict": self.verdict.value,
            "summary": {"zh": self.summary.zh, "en": self.summary.en},
            "as_of": self.as_of.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "tone": self.tone.value,
            "checks": [{"name": c.name, "outcome": c.outcome.value, "detail": c.detail} for c in self.checks],
            "card": self.card.as_json() if self.card else None,
            "fit_for_duty": self.fit_for_duty.as_json() if self.fit_for_duty else None,
        }


def judge(scan: Scan, source: Source, now: datetime, duty: Duty = NO_DUTY) -> Verdict:
    """Return the verdict on a scanned credential: of all that applies, the word that comes first.

    1. ``unreadable``: no credential of this system.
    2. ``forged``: the signature is bad, or the address is not the key document's.
    3. ``unknown_key``: the key is not known to this checker.
    4. ``suspect``: the key is reported stolen, or was out of use on the issue date, and no register vouches.
    5. ``unregistered``: the register has no such card or copy, or other claims; the list says never issued,
       though it should know the index.
    6. ``revoked``. 7. ``voided``. 8. ``replaced``: this copy. 9. ``superseded``. However old the source: known-bad is
       not unknown.
    10. ``expired``: after the last valid day. 11. ``not_yet_valid``: before the issue date (督§10, 考§12).
    12. ``status_unknown``: list or key document missing or out of date, or the card newer than the list; at the
        register, a card that a restore has left open: unconfirmed, or made after the backup.
    13. ``valid``.

    ``now`` is an aware instant; offline, ``offline_now`` gives it.
    """
    match scan:
        case Unreadable(code):  # 1
            return _refusal(Word.UNREADABLE, Check("signature", Outcome.NOT_CHECKED, code), now)
        case Forged(code):  # 2
            return _refusal(Word.FORGED, Check("signature", Outcome.FAILED, code), now)
        case UnknownKey():  # 3
            # Offline the key may be newer than the checker's document; the register knows all it ever had.
            outcome = Outcome.FAILED if isinstance(source, RegisterAnswer) else Outcome.UNKNOWN
            return _refusal(Word.UNKNOWN_KEY, Check("signature", outcome, "unknown-key"), now)
        case Genuine():
            pass
        case _:
            assert_never(scan)
    match source:
        case RegisterAnswer(None, lost) if lost is not None and _key_fault(scan) is None:
            return _by_trace(scan, lost, now, duty)
        case RegisterAnswer(record):
            return _by_register(scan, record, now, duty)
        case ListAnswer():
            return _by_list(scan, source, now, duty)
        case _:
            assert_never(source)


def judge_number(record: Record | None, now: datetime, duty: Duty = NO_DUTY, lost: Lost | None = None) -> Verdict:
    """Return the verdict on a card looked up by its number, without its credential.

    ``record`` None: no card has the number, unless a restore has ``lost`` it. The steps are 6, 7 and 9–13 of ``judge``;
    there is no copy to judge.
    """
    if record is None and lost is not None:
        word = _WORD_OF_STATUS.get(lost.status_at(civil_date(now)), Word.STATUS_UNKNOWN)
        check = Check("register", Outcome.UNKNOWN, Doubt.LOST.value)
        tone = tone_of(word, None, timedelta())
        return Verdict(word, summarise(word, now, None, None, Doubt.LOST), now, tone, (check,), None, None)
    if record is None:
        return _refusal(Word.UNKNOWN, Check("register", Outcome.FAILED, "no-such-card"), now)
    view = view_of(record.card, record.issuer_name)
    status = _WORD_OF_STATUS.get(record.card.status_at(civil_date(now)))
    checks = [
        Check("signature", Outcome.NOT_CHECKED, "looked-up-by-number"),
        Check("register", Outcome.PASSED, "registered"),
        status_check(status, record.doubt),
    ]
    return _conclude([status, unknown_word(record.doubt)], checks, _Case(now, now, duty, view, record, record.doubt))


_WORD_OF_STATUS: Final = {
    CardStatus.REVOKED: Word.REVOKED,
    CardStatus.VOIDED: Word.VOIDED,
    CardStatus.SUPERSEDED: Word.SUPERSEDED,
}
_WORD_OF_ENTRY: Final = {
    Status.REVOKED: Word.REVOKED,
    Status.VOIDED: Word.VOIDED,
    Status.REPLACED: Word.REPLACED,
    Status.SUPERSEDED: Word.SUPERSEDED,
}
_ORDER: Final[Mapping[Word, int]] = {word: place for place, word in enumerate(Word)}


@dataclass(frozen=True, slots=True)
class _Case:
    """What the end of every path needs beside the findings."""

    now: datetime
    as_of: datetime
    duty: Duty
    view: CardView | None = None
    record: Record | None = None
    doubt: Doubt | None = None


def _by_register(scan: Genuine, record: Record | None, now: datetime, duty: Duty) -> Verdict:
    key = _key_fault(scan)
    if record is None or not record.claims_match:
        detail = "not-registered" if record is None else "claims-differ"
        checks = [signature_check(key), Check("register", Outcome.FAILED, detail)]
        if key is not None:  # 4
            return _conclude([Word.SUSPECT], checks, _Case(now, now, duty, scan.claims))
        return _conclude([Word.UNREGISTERED], checks, _Case(now, now, duty))  # 5
    status = _WORD_OF_STATUS.get(record.card.status_at(civil_date(now)))  # 6, 7, 9
    replaced = None if record.copy_is_live else Word.REPLACED  # 8
    checks = [
        Check("signature", Outcome.PASSED, key or "signed-by-issuer"),  # the register vouches for it
        Check("register", Outcome.PASSED if record.copy_is_live else Outcome.FAILED, "registered"),
        status_check(status or replaced, record.doubt),
    ]
    case = _Case(now, now, duty, view_of(record.card, record.issuer_name), record, record.doubt)
    return _conclude([status, replaced, unknown_word(record.doubt)], checks, case)  # 12


def _by_trace(scan: Genuine, lost: Lost, now: datetime, duty: Duty) -> Verdict:
    """Judge a copy of which the register only knows that it may have been made: good it never is."""
    status = _WORD_OF_STATUS.get(lost.status_at(civil_date(now)))  # 6, 7, 9
    replaced = None if lost.copy_is_live else Word.REPLACED  # 8
    checks = [
        Check("signature", Outcome.PASSED, "signed-by-issuer"),
        Check("register", Outcome.UNKNOWN, Doubt.LOST.value),
        status_check(status or replaced, Doubt.LOST),
    ]
    view = replace(scan.claims, status_on=lost.status_on if status else None)
    return _conclude(
        [status, replaced, Word.STATUS_UNKNOWN], checks, _Case(now, now, duty, view, None, Doubt.LOST)
    )  # 12


def _by_list(scan: Genuine, source: ListAnswer, now: datetime, duty: Duty) -> Verdict:
    key = _key_fault(scan)
    suspect = None if key is None else Word.SUSPECT  # 4: offline no register vouches
    entry = _entry(source.status_list, scan.status_index)
    doubt = _doubt(scan, source, entry, now)
    unregistered = Word.UNREGISTERED if entry is Status.NEVER_ISSUED and doubt != _NEWER else None  # 5
    status = unregistered or (None if entry is None else _WORD_OF_ENTRY.get(entry))  # 6-9
    unknown = None if doubt is None else Word.STATUS_UNKNOWN  # 12
    checks = [
        signature_check(key),
        Check("register", Outcome.NOT_CHECKED, "offline"),
        status_check(status) if status or doubt is None else Check("status", Outcome.UNKNOWN, doubt),
    ]
    return _conclude([suspect, status, unknown], checks, _Case(now, _as_of(source, now), duty, scan.claims))


_NEWER: Final = "card-newer-than-list"


def _doubt(scan: Genuine, source: ListAnswer, entry: Status | None, now: datetime) -> str | None:
    """Return why the list in hand cannot show that a card is valid; None if it can."""
    listed = source.status_list
    if listed is None:
        return "no-status-list"
    if entry is None:
        return "status-not-listed"
    doubts = {
        # A card made after the list was is no alarm; beyond the highest index the list knows of none at all.
        _NEWER: entry is Status.NEVER_ISSUED
        and (scan.claims.issued_on >= listed.published_on or scan.status_index > listed.highest_index),
        "key-document-expired": now > source.document_valid_until,
        "key-document-outdated": listed.key_document_version > source.document_version,
        "status-list-expired": now.timestamp() >= listed.expires_at,
    }
    return next((code for code, applies in doubts.items() if applies), None)


def _entry(listed: StatusListPayload | None, index: int) -> Status | None:
    """Read the card's entry; None without a list, outside it, or for a value that this version does not know."""
    if listed is None:
        return None
    try:
        return listed.status_at(index)
    except StatusListError:
        return None


def _key_fault(scan: Genuine) -> str | None:
    if scan.key_compromised:
        return "key-compromised"
    return "key-out-of-use" if scan.claims.issued_on > scan.signs_until else None


def _as_of(source: ListAnswer, now: datetime) -> datetime:
    return now if source.status_list is None else datetime.fromtimestamp(source.status_list.issued_at, UTC)


def _conclude(found: Iterable[Word | None], checks: Iterable[Check], case: _Case) -> Verdict:
    """Add the dates (10, 11) and the question to what was found, and take the first word."""
    today = civil_date(case.now)
    term = None if case.view is None else term_word(case.view, today)
    word = min((w for w in (*found, term, Word.VALID) if w is not None), key=_ORDER.__getitem__)
    shown = None if word is Word.UNREGISTERED else case.view
    fit = _fit(shown, case.record, case.duty, today) if word is Word.VALID and shown is not None else None
    return Verdict(
        verdict=word,
        summary=summarise(word, case.as_of, shown, fit, case.doubt),
        as_of=case.as_of,
        tone=tone_of(word, fit, case.now - case.as_of),
        checks=(*checks, *term_checks(case.view, term), *duty_checks(fit)),
        card=shown,
        fit_for_duty=fit,
    )


def _refusal(word: Word, check: Check, now: datetime) -> Verdict:
    tone = Tone.RED if check.outcome is Outcome.FAILED else Tone.AMBER
    return Verdict(word, summarise(word, now, None, None), now, tone, (check,), None, None)


def _fit(view: CardView, record: Record | None, duty: Duty, today: date) -> FitForDuty | None:
    """Answer what was asked; an internal card always has a place that matters (督§9)."""
    if not duty.is_asked and view.kind is not CardKind.INTERNAL:
        return None
    return fit_for_duty(
        view,
        duty,
        today,
        engagements=record.engagements if record else (),
        dispatches=record.dispatches if record else (),
    )
