"""Job types that are in no catalogue: known from cards and filings, confirmed for a batch, or asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from service.domain.application import Application, MalformedRow
from service.domain.job_types import question_about
from service.domain.occupation import Catalogue
from service.domain.problem import Problem
from service.domain.tidy import tidy_occupation
from service.flows.register import Register
from service.store import cards, institutions


def known_job_types(register: Register, confirmed: Iterable[str] = ()) -> Catalogue:
    """Return the catalogue with the job types on cards and in filings, and those just confirmed."""
    with register.database.read() as connection:
        issued = cards.job_types(connection)
        filed = {job.occupation for jobs in institutions.filed(connection).values() for job in jobs}
    return register.catalogue.with_job_types(issued | filed | {tidy_occupation(name) for name in confirmed})


def asked_about(rows: Sequence[Application | MalformedRow]) -> tuple[str, ...]:
    """Return the job types of all rows that nobody knows, each once."""
    names = (name for row in rows if isinstance(row, Application) for name in row.new_job_types)
    return tuple(dict.fromkeys(names))


def questions(rows: Sequence[Application | MalformedRow], catalogue: Catalogue) -> Mapping[int, list[Problem]]:
    """Return by row the questions about new job types: until they are answered, they refuse it. 考§9."""
    asked = {name: question_about(name, catalogue) for name in asked_about(rows)}
    return {
        row.row: [asked[name] for name in row.new_job_types]
        for row in rows
        if isinstance(row, Application) and row.new_job_types
    }
