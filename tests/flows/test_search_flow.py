"""督§4, 考§5, 考§19: the search finds what each body answers for, and nothing else is there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack

import openpyxl
import pytest

from service.domain.access import Account, Principal, Role
from service.domain.errors import ResidentIdInvalid
from service.domain.kinds import CardKind
from service.domain.people import ResidentId
from service.domain.search import CardState, Search, Sort, with_text
from service.domain.sight import CENTRE_SIGHT, NO_SIGHT, Sight
from service.flows.errors import Refused
from service.flows.people.person import person_of
from service.flows.people.search import FoundCard, saved_search, search
from tests.databases import _new_database, _text
from tests.flows.crowd import BUREAU, COLLEGE, OTHER_BUREAU, Crowd, make_crowd
from tests.flows.office import FACTORY, SCHOOL, make_office, name_of, resident_id

SIGHTS = {
    "the centre": CENTRE_SIGHT,
    "school": Sight(institution=SCHOOL.code),
    "factory": Sight(institution=FACTORY.code),
    "college": Sight(institution=COLLEGE.code),
    "bureau": Sight(district=BUREAU),
    "other bureau": Sight(district=OTHER_BUREAU),
    "a bureau of nothing": Sight(district="城口县人力资源和社会保障局"),
    "nobody": NO_SIGHT,
}
EXPECTED = {
    "school": {"engaged", "inside", "revoked", "later"},
    "factory": {"hired"},
    "college": {"inside"},
    "bureau": {"recommended", "employed", "engaged", "inside", "revoked", "later"},
    "other bureau": {"inside"},
    "a bureau of nothing": set[str](),
    "nobody": set[str](),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """The crowd, in SQLite and again in PostgreSQL; nothing changes it."""
    folder = tmp_path_factory.mktemp("crowd")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{folder / 'register.db'}"
        else:
            server = request.getfixturevalue("postgresql_server")
            url = _text(server, stack.enter_context(_new_database(server)))
        office = make_office(folder / "data", url)
        stack.callback(office.register.close)
        yield make_crowd(office)


def found(crowd: Crowd, sight: Sight = CENTRE_SIGHT, **wanted: object) -> set[str]:
    """Search, and say what the cards that are found are there for."""
    answer = search(crowd.office.register, sight, Search(**wanted), size=200)  # type: ignore[arg-type]
    assert answer.total == len(answer.cards)
    return crowd.named([one.number for one in answer.cards])


@pytest.mark.parametrize("who", EXPECTED)
def test_each_body_finds_the_people_it_answers_for(crowd: Crowd, who: str) -> None:
    """督§4, 考§5: an institution its own and whom it engages, a bureau its people and its institutions'."""
    assert found(crowd, SIGHTS[who]) == EXPECTED[who]


def test_the_centre_finds_everybody(crowd: Crowd) -> None:
    """督§4, 考§19."""
    assert found(crowd) == crowd.cards.keys()


def test_what_is_listed_is_what_can_be_opened(crowd: Crowd) -> None:
    """督§4, 考§5: the rule in SQL and the rule in the domain say the same of every card."""
    accounts = {
        "the centre": Account("c1", Role.CENTRE),
        "school": Account("s1", Role.INSTITUTION, SCHOOL.code),
        "factory": Account("f1", Role.INSTITUTION, FACTORY.code),
        "college": Account("k1", Role.INSTITUTION, COLLEGE.code),
        "bureau": Account("b1", Role.DISTRICT, district=BUREAU),
        "other bureau": Account("o1", Role.DISTRICT, district=OTHER_BUREAU),
    }
    for who, account in accounts.items():
        by, listed = Principal(1, account, frozenset()), found(crowd, SIGHTS[who])
        for name, number in crowd.cards.items():
            if name in listed:
                told = person_of(crowd.office.register, number, by)
                assert crowd.named([one.number for one in told.cards]) <= listed
            else:
                with pytest.raises(Refused) as refused:
                    person_of(crowd.office.register, number, by)
                assert refused.value.code == "no-such-card"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"state": CardState.EXPIRED}, {"expired"}),
        ({"state": CardState.REVOKED}, {"revoked"}),
        ({"state": CardState.VOIDED}, {"voided"}),
        ({"state": CardState.SUPERSEDED}, {"former"}),
        ({"state": CardState.NOT_YET_VALID}, {"later"}),
        ({"state": CardState.VALID, "kind": CardKind.STANDARD}, {"engaged", "hired", "renewed"}),
        ({"kind": CardKind.SENIOR}, {"once engaged"}),
        ({"occupation": "焊"}, {"former", "renewed"}),
        ({"occupation": "焊", "state": CardState.VALID}, {"renewed"}),
        ({"occupation": "6-18-02-04", "expiring_months": 36}, {"renewed"}),
        ({"occupation": "工", "kind": CardKind.SENIOR}, {"once engaged"}),
        ({"institution": SCHOOL.code}, {"engaged", "inside", "revoked", "later"}),
        ({"institution": FACTORY.code, "kind": CardKind.STANDARD}, {"hired"}),
        ({"institution": "999999"}, set[str]()),
        ({"name": "%"}, set[str]()),
        ({"name": "_"}, set[str]()),
        ({"name": "\0"}, set[str]()),
        ({"name": "伟\ud800"}, set[str]()),
        ({"occupation": "焊\0"}, set[str]()),
        ({"number": "S500123"}, {"later"}),
        ({"number": "%"}, set[str]()),
    ],
)
def test_each_criterion_finds_its_cards(crowd: Crowd, wanted: dict[str, object], expected: set[str]) -> None:
    assert found(crowd, **wanted) == expected


def test_what_expires_within_months_is_valid_today(crowd: Crowd) -> None:
    """督§10, 考§12."""
    assert found(crowd, expiring_months=1) == set()
    within = found(crowd, expiring_months=19)
    assert within == {
        *("engaged", "inside", "once engaged", "hired", "recommended", "employed", "sent", "not sent"),
    }
    assert "renewed" in found(crowd, expiring_months=36)


def test_a_part_of_a_name_and_a_number_find_their_cards(crowd: Crowd) -> None:
    name = name_of(6)
    by_text = with_text(Search(), name[1:])
    assert "recommended" in found(crowd, name=by_text.name)
    number = crowd.cards["sent"]
    assert found(crowd, number=str(number)) == {"sent"}
    assert found(crowd, number=number[:5]) >= {"sent", "employed"}


def test_an_identity_number_finds_all_of_its_holder_s_cards(crowd: Crowd) -> None:
    """GB 11643: by its blind index, which is all that is stored to find it by."""
    assert found(crowd, resident_id=ResidentId(resident_id(2))) == {"former", "renewed"}
    assert found(crowd, resident_id=ResidentId(resident_id(3))) == {"engaged", "inside"}
    assert found(crowd, resident_id=ResidentId(resident_id(777))) == set()
    assert found(crowd, SIGHTS["factory"], resident_id=ResidentId(resident_id(2))) == set()
    assert found(crowd, holder=crowd.cards["inside"]) == {"engaged", "inside"}
    assert found(crowd, SIGHTS["college"], holder=crowd.cards["inside"]) == {"inside"}


def test_a_list_is_sorted_and_cut_into_pages(crowd: Crowd) -> None:
    register = crowd.office.register
    for sort in Sort:
        for descending in (False, True):
            wanted = Search(sort=sort, descending=descending)
            pages = [search(register, CENTRE_SIGHT, wanted, page=page, size=4) for page in (1, 2, 3, 4)]
            assert {(one.total, one.pages) for one in pages} == {(len(crowd.cards), 4)}
            listed = [card for one in pages for card in one.cards]
            assert len({card.number for card in listed}) == len(crowd.cards)
            if sort is not Sort.NAME or crowd.office.register.database.dialect == "sqlite":  # else as the locale has it
                keys = [key_of(card, sort) for card in listed]
                assert keys == sorted(keys, reverse=descending)
    assert search(register, CENTRE_SIGHT, Search(), page=99, size=4).page == 4
    assert search(register, CENTRE_SIGHT, Search(), page=-1, size=4).page == 1
    empty = search(register, NO_SIGHT, Search())
    assert (empty.total, empty.page, empty.pages, empty.cards) == (0, 1, 1, ())


def key_of(card: FoundCard, sort: Sort) -> object:
    return str(getattr(card, sort.value))


def test_the_same_list_is_saved_as_a_spreadsheet(crowd: Crowd) -> None:
    wanted = Search(state=CardState.VALID, sort=Sort.EXPIRES_ON, descending=True)
    listed = search(crowd.office.register, SIGHTS["school"], wanted).cards
    book = openpyxl.load_workbook(io.BytesIO(saved_search(crowd.office.register, SIGHTS["school"], wanted)))
    (sheet,) = book.worksheets
    head, *rows = sheet.iter_rows(values_only=True)
    assert str(head[0]).startswith("证卡编号")
    assert [row[0] for row in rows] == [card.number for card in listed]
    assert [row[1] for row in rows] == [card.name for card in listed]
    assert len(rows) == 2


def test_a_list_too_long_to_be_saved_is_refused(crowd: Crowd) -> None:
    with pytest.raises(Refused) as refused:
        saved_search(crowd.office.register, CENTRE_SIGHT, Search(), most=3)
    assert refused.value.code == "list-too-long"
    assert saved_search(crowd.office.register, SIGHTS["factory"], Search(), most=2)


def test_a_wrong_identity_number_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ResidentIdInvalid):
        with_text(Search(), resident_id(2)[:-1] + ("1" if resident_id(2)[-1] == "0" else "0"))
