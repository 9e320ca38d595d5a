"""What holds for everybody at an assessment: a valid card, one post each, and the plan. 督§12, §13; 考§14, §15."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from service.domain.assessment.attendee import Attendee, Standing, strongest
from service.domain.assessment.gathering import Gathering, in_force, names_of
from service.domain.assessment.model import Declared, Role, Stage
from service.domain.assessment.ruling import Outcome, Ruling, listed
from service.domain.tidy import name_key
from service.domain.verdict_words import Word

_CARDED: Final = (Role.ASSESSOR, Role.INTERNAL, Role.EXTERNAL)
_ARTICLES: Final = {Role.ASSESSOR: "考§14(1)", Role.INTERNAL: "督§12(1)", Role.EXTERNAL: "督§12(1)"}
_WHY: Final = {
    Word.UNREADABLE: ("二维码无法识读", "unreadable"),
    Word.FORGED: ("伪造", "forged"),
    Word.UNKNOWN_KEY: ("密钥不明", "signed with an unknown key"),
    Word.SUSPECT: ("存疑", "suspect"),
    Word.UNREGISTERED: ("没有登记", "not registered"),
    Word.REVOKED: ("已取消资格", "revoked"),
    Word.VOIDED: ("已作废", "voided"),
    Word.REPLACED: ("已补发，此副本失效", "replaced by a new copy"),
    Word.SUPERSEDED: ("已换发", "superseded"),
    Word.EXPIRED: ("已过期", "expired"),
    Word.NOT_YET_VALID: ("尚未生效", "not yet valid"),
    Word.STATUS_UNKNOWN: ("状态不明", "status not known"),
    Word.UNKNOWN: ("没有这个编号", "no such number"),
}


def word_of_card(verdict: str) -> tuple[str, str]:
    """Return in a word or two what a check has found of a card, in Chinese and English."""
    return ("有效", "valid") if verdict == Word.VALID else _WHY[Word(verdict)]


def valid_cards(gathering: Gathering) -> Iterator[Ruling]:
    """Require a valid card of his own from everybody whose post needs one. 考§14(1), 督§12(1).

    A person with two cards is asked for one in force.
    """
    for post in _CARDED:
        shown: dict[str, list[Attendee]] = defaultdict(list)
        for one in gathering.in_post(post):
            shown[one.person].append(one)
        best = {person: strongest(map(in_force, cards)) for person, cards in shown.items()}
        for standing, outcome in ((Standing.NO, Outcome.SHORT), (Standing.UNSURE, Outcome.UNKNOWN)):
            without = [
                next(one for one in shown[person] if in_force(one) is standing)
                for person, found in best.items()
                if found is standing
            ]
            if without:
                why = [(one.name, *_why(one)) for one in without]
                yield Ruling(
                    "valid-card",
                    _ARTICLES[post],
                    outcome,
                    f"{post.zh}须持本人有效证卡：{listed(f'{name}（{zh}）' for name, zh, _ in why)}",
                    f"each {post.en} needs a valid card of his own: "
                    + ", ".join(f"{name} ({en})" for name, _, en in why),
                    names_of(without),
                )


def on_site_head(gathering: Gathering) -> Iterator[Ruling]:
    """Require an on-site head. 督附1(3)."""
    names = names_of(gathering.in_post(Role.ON_SITE_HEAD))
    yield Ruling(
        "on-site-head",
        "督附1",
        Outcome.MET if names else Outcome.SHORT,
        f"现场负责人：{listed(names)}" if names else "没有现场负责人",
        f"on-site head: {listed(names)}" if names else "no on-site head",
        names,
    )


def one_post_each(gathering: Gathering) -> Iterator[Ruling]:
    """Refuse anybody in two posts, by person and not by card. 督§13, 考§15.

    Two of one name, where it is not certain that they are two, are for a person to tell apart.
    """
    posts: dict[str, set[Role]] = defaultdict(set)
    for one in gathering.there:
        posts[one.person].add(one.role.post)
    found = {one.person: one for one in gathering.there}
    for person, held in posts.items():
        if len(held) > 1:
            in_order = [post for post in Role if post in held]
            yield Ruling(
                "one-post-each",
                "考§15" if Role.ASSESSOR in held else "督§13",
                Outcome.SHORT,
                f"同一人不得兼任{listed(post.zh for post in in_order)}：{found[person].name}",
                f"nobody holds two posts: {found[person].name}, {' and '.join(post.en for post in in_order)}",
                (found[person].name,),
            )
    for one, other in combinations(found.values(), 2):
        is_certain = one.is_known and other.is_known
        if name_key(one.name) == name_key(other.name) and not is_certain and posts[one.person] != posts[other.person]:
            held = posts[one.person] | posts[other.person]
            yield Ruling(
                "one-post-each",
                "考§15" if Role.ASSESSOR in held else "督§13",
                Outcome.UNKNOWN,
                f"两人同名，请核对是否同一人（{listed(post.zh for post in Role if post in held)}）：{one.name}",
                f"two of one name: check whether they are one person: {one.name}, "
                f"{' and '.join(post.en for post in Role if post in held)}",
                (one.name,),
            )


def as_planned(gathering: Gathering) -> Iterator[Ruling]:
    """Require that those who have come are those of the plan, in the roles of the plan. 督附1(3)."""
    if gathering.stage is Stage.PLAN:
        return
    planned = {(one.person, one.role): one.name for one in gathering.people if one.is_planned}
    came = {(one.person, one.role): one.name for one in gathering.there}
    missing = [(name, role) for (person, role), name in planned.items() if (person, role) not in came]
    extra = [(name, role) for (person, role), name in came.items() if (person, role) not in planned]
    if not missing and not extra:
        yield Ruling(
            "as-planned", "督附1", Outcome.MET, "到场人员与计划一致", "those who have come are those of the plan"
        )
        return
    zh = ([f"未到场：{_with_roles_zh(missing)}"] if missing else []) + (
        [f"计划外：{_with_roles_zh(extra)}"] if extra else []
    )
    en = ([f"not come: {_with_roles_en(missing)}"] if missing else []) + (
        [f"not planned: {_with_roles_en(extra)}"] if extra else []
    )
    yield Ruling(
        "as-planned",
        "督附1",
        Outcome.SHORT,
        f"到场人员与计划不一致：{'；'.join(zh)}",
        f"those who have come are not those of the plan: {'; '.join(en)}",
        tuple(dict.fromkeys(name for name, _ in missing + extra)),
    )


def declarations(gathering: Gathering) -> Iterator[Ruling]:
    """Refuse those who have declared ties, and name those of whom no declaration is on record. 督§12(4), 考§14(8)."""
    asked = [one for post in _CARDED for one in gathering.in_post(post)]
    tied = names_of(one for one in asked if one.declared is Declared.TIES)
    if tied:
        yield Ruling(
            "declared-ties",
            "考§14(8)",
            Outcome.SHORT,
            f"已申明有利害关系，应当回避：{listed(tied)}",
            f"they have declared ties and stand aside: {listed(tied)}",
            tied,
        )
    silent = names_of(one for one in asked if one.declared is None)
    if silent:
        yield Ruling(
            "no-declaration",
            "考§14(8)",
            Outcome.WARNING,
            f"没有回避声明的记录：{listed(silent)}",
            f"no declaration on record: {listed(silent)}",
            silent,
        )


def invigilators_a_candidate(gathering: Gathering) -> Iterator[Ruling]:
    """Warn of fewer invigilators than the job types' national standards ask for, where stated. 督附1(3)."""
    need = sum(
        -(-job.candidates // job.per_invigilator)
        for job in gathering.assessment.jobs
        if job.candidates is not None and job.per_invigilator is not None
    )
    have = len({one.person for one in gathering.in_post(Role.INVIGILATOR)})
    if have < need:
        yield Ruling(
            "invigilator-ratio",
            "督附1",
            Outcome.WARNING,
            f"按考生人数应有监考人员 {need} 名，现有 {have} 名",
            f"the candidates need {need} invigilators, have {have}",
        )


def _why(one: Attendee) -> tuple[str, str]:
    if one.card is None:
        return "未出示证卡", "no card shown"
    if one.card.is_holder is False:
        return "不是持证人本人", "not the holder"
    if one.card.kind not in one.role.kinds:
        return f"所持为{one.card.kind.zh}证卡", f"shows a card of another kind: {one.card.kind.en}"
    return _WHY[one.card.verdict]


def _with_roles_zh(people: list[tuple[str, Role]]) -> str:
    return listed(f"{name}（{role.zh}）" for name, role in people)


def _with_roles_en(people: list[tuple[str, Role]]) -> str:
    return ", ".join(f"{name} ({role.en})" for name, role in people)
