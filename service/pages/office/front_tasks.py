"""What the front page says is to be done: one row for each kind of thing, the latest first, with the one way on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.domain.access import Permission, Principal
from service.domain.check_up import KEY_AHEAD_DAYS
from service.domain.duties import Duty, DutyKind
from service.domain.event_words import event_words
from service.flows.checking.reports import open_reports
from service.flows.drafts.desk import count_at_work, drafts_at_work
from service.flows.drafts.views import DraftLine
from service.flows.people.duties import KindDue
from service.flows.people.watch_list import watched_anew
from service.flows.printing.queue import waiting_counts
from service.flows.register import Register
from service.flows.remedies import Words
from service.flows.running.desk_state import DeskState
from service.flows.running.restored_since import RestoredSince
from service.pages.shown import moment
from service.pages.words import Language

DUTIES: Final = "/office/duties"

_REVIEW: Final = (Permission.REVIEW, "/office/cards/{number}/review")
_PAGES: Final[Mapping[DutyKind, tuple[Permission, str]]] = {
    DutyKind.FEEDBACK: _REVIEW,
    DutyKind.REVIEW: _REVIEW,
    DutyKind.ANNUAL_REVIEW: _REVIEW,
    DutyKind.STAFFING: (Permission.ENGAGE, "/office/staffing"),
    DutyKind.ENGAGEMENT: (Permission.ENGAGE, "/office/staffing"),
    DutyKind.RENEWAL: (Permission.READ_PEOPLE, "/office/people/{number}"),
    DutyKind.CASE: (Permission.REVIEW, "/office/cases"),
    DutyKind.PROPOSAL: (Permission.CHANGE_CARDS, "/office/proposals"),
}
_BATCHES: Final = "/office/batches"
_NAMED: Final = 3  # batches that the front page tells of
_STAGES: Final = (("print", "to-print"), ("check", "printed"), ("hand_out", "checked"))
_WORDS: Final[Mapping[str, Words]] = {
    "print": ("新发、补发、换发、勘误后的卡", "new, replaced, renewed and amended cards"),
    "check": ("打印出来的卡，扫码核对后再发放", "printed cards: scan each before it is handed out"),
    "hand_out": ("已打印并校验", "printed and checked"),
}
WORK_KEYS: Final = ("batch", *_WORDS, "report")
"""What is no duty and waits at the desk."""

_DIRECT: Final = frozenset({DutyKind.STAFFING, DutyKind.ENGAGEMENT, DutyKind.CASE, DutyKind.PROPOSAL})
"""What is seen to on one page, however many wait."""


@dataclass(frozen=True, slots=True)
class Tag:
    """How pressing something is: ``key`` of its words, with its count, and look."""

    key: str
    count: int
    look: str
    icon: str


@dataclass(frozen=True, slots=True)
class Task:
    """A row: ``key`` names its texts ``task_…`` (title), ``…_unit`` and ``…_go``; ``says`` is its sentence."""

    key: str
    count: int
    says: str
    path: str
    tag: Tag | None = None
    order: tuple[int, date] = (1, date.max)


def page_of(duty: Duty, by: Principal) -> str:
    """Return the page on which a duty is seen to; empty where there is none, or none for whoever is signed in."""
    needed, page = _PAGES.get(duty.kind, (None, ""))
    return page.format(number=duty.number) if needed is not None and by.may(needed) else ""


def tasks_of(due: Sequence[KindDue], by: Principal, today: date, language: Language) -> Iterable[Task]:
    """Make one row of the duties of each kind; keys have one of their own."""
    return (_task(one, by, today, language) for one in due if one.kind is not DutyKind.KEY)


def _task(due: KindDue, by: Principal, today: date, language: Language) -> Task:
    kind, first = due.kind, due.first[0]
    page = page_of(first, by)
    path = page if page and (kind in _DIRECT or due.count == 1) else f"{DUTIES}?kind={kind.value}"
    tag, order = None, (1, first.due_on or date.max)
    if first.is_late(today) and first.due_on is not None:
        tag, order = Tag("late_days", (today - first.due_on).days, "bad", "octagon-x"), (0, first.due_on)
    elif due.since is not None:
        tag, order = Tag("waited_days", (today - due.since).days, "info", "age"), (1, due.since)
    return Task(kind.value.replace("-", "_"), due.count, said(first, language), path, tag, order)


def work_tasks(register: Register, by: Principal, language: Language) -> Iterable[Task]:
    """Make the rows of batches at work, and of cards to be printed, checked and handed out; of those that wait."""
    if not by.may(Permission.ISSUE):
        return
    place = 0 if language == "zh" else 1
    if drafts := drafts_at_work(register, by, _NAMED):
        names = ("；", "; ")[place].join(_named(one, place) for one in drafts)
        count = count_at_work(register, by)
        yield Task("batch", count, names, f"{_BATCHES}/{drafts[0].id}" if count == 1 else _BATCHES)
    for (key, stage), count in zip(_STAGES, waiting_counts(register, by), strict=True):
        if count:
            yield Task(key, count, _WORDS[key][place], f"/office/printing?stage={stage}")
    reports, newest = open_reports(register, by.body, _NAMED)
    if reports:
        says = ("、", ", ")[place].join(one.number or one.place for one in newest)
        yield Task("report", reports, says, "/office/reports")
    told, last = watched_anew(register, by, _NAMED)
    if told:
        yield Task("watch", told, ("、", ", ")[place].join(one.name for one in last), "/office/watch")


def _named(one: DraftLine, place: int) -> str:
    counts = one.counts
    if counts.problems:
        said = (f"{counts.problems} 行有问题", f"{counts.problems} rows with problems")
    elif counts.people:
        said = (f"{counts.good} 行可签发", f"{counts.good} rows can be issued")
    else:
        said = ("还没有名单", "no roster yet")
    return f"{one.name}{('：', ': ')[place]}{said[place]}"


def said(first: Duty, language: Language) -> str:
    """Return in a sentence what is due first, by when, and by which article."""
    if language == "zh":
        by = f"，应于 {first.due_on} 前" if first.due_on else ""
        return f"{first.zh}{by}{f'（{first.article}）' if first.article else ''}"
    by = f", by {first.due_on}" if first.due_on else ""
    return f"{first.en}{by}{f' ({first.article})' if first.article else ''}"


def key_task(state: DeskState, today: date, language: Language) -> Task | None:
    """Return the row of the signing keys from 30 days before the first of them ends; None while there is time."""
    last = state.first_key
    days = -1 if last is None else (last - today).days
    if days > KEY_AHEAD_DAYS:
        return None
    zh, en = (f"签名密钥最后可用日 {last}，须更换", f"a signing key signs until {last}: rotate it")
    if last is None:
        zh, en = "没有可用的签名密钥，签发和名单都停了", "no key may sign: nothing is issued, no list is signed"
    tag = Tag("late_days", -days, "bad", "octagon-x") if days < 0 else Tag("left_days", days, "warn", "caution")
    return Task("key", 1, zh if language == "zh" else en, "", tag, (0 if days < 0 else 1, last or date.min))


def restored_task(told: RestoredSince, language: Language) -> Task:
    """Return the row of a restore: what is compared before anybody goes on."""
    zh = f"备份做于 {moment(told.backup_at)}；此后的打印、校验、发放、勘误和批次改动"
    zh += "请按下列各项核对" if told.is_replayed else "不在库中，请与实物、签收单和交接记录核对后再办"
    en = f"the backup was made {moment(told.backup_at)}; what was printed, checked, handed out, amended or changed "
    en += "in batches since then is " + ("compared as follows" if told.is_replayed else "missing: compare first")
    parts = [(zh, en)]
    if told.lost:
        parts.append((f"{told.lost} 张证卡只知编号，须重新核发", f"{told.lost} cards are to be issued again"))
    for kind, count in sorted(told.not_replayed.items()):
        name_zh, name_en = event_words(kind)
        parts.append((f"{name_zh} {count} 项未恢复", f"missing: {name_en}, {count}"))
    if told.unconfirmed:
        parts.append((f"{told.unconfirmed} 张证卡待确认", f"{told.unconfirmed} cards are to be confirmed"))
    says = "；".join(one[0] for one in parts) if language == "zh" else "; ".join(one[1] for one in parts)
    return Task("restored", 1, says, "", Tag("restored_on", 0, "warn", "caution"), (0, date.min))


def webhooks_task(failing: int, language: Language) -> Task:
    """Return the row of the addresses to which notices are not delivered."""
    zh, en = "有地址收不到变更通知，三天后停发", "addresses take no notices; after three days they are told no more"
    return Task("webhooks", failing, zh if language == "zh" else en, "/office/admin/webhooks", None, (0, date.max))
