"""The register's tables. Their constraints are the invariants: what they refuse cannot be stored by any path.

How a row may change once it stands is ruled by triggers, which the migrations make.
"""

from __future__ import annotations

from service.store.tables.access import access_record
from service.store.tables.accounts import (
    account,
    pairing,
    rate_limit,
    recovery_code,
    scan,
    second_factor,
    session,
    token,
)
from service.store.tables.answers import answer
from service.store.tables.assessments import assessment, assessment_person, roll_call, roll_call_record
from service.store.tables.base import DIGEST_BYTES, PUBLIC_KEY_BYTES, Instant, metadata
from service.store.tables.blobs import MediaType, blob
from service.store.tables.bodies import authority, filed_job, institution_change
from service.store.tables.cards import batch, card, card_scope, institution, number, person, series
from service.store.tables.copies import copy, status_change, status_list, status_publication
from service.store.tables.decisions import amendment, cancellation, correction, proposal
from service.store.tables.drafts import draft, draft_file, draft_piece, draft_row, heading
from service.store.tables.notices import delivery, notice, webhook
from service.store.tables.prints import print_entry, print_job, printer, prints_at_centre
from service.store.tables.record import journal, journal_head, key_document, key_record, key_share, meta
from service.store.tables.reports import card_report, card_report_photo
from service.store.tables.restored import lost_card, lost_copy, lost_place, unconfirmed
from service.store.tables.watching import watch_look
from service.store.tables.wording import card_wording
from service.store.tables.work import case_closing, dispatch, engagement, integrity

__all__ = [
    "DIGEST_BYTES",
    "PUBLIC_KEY_BYTES",
    "Instant",
    "MediaType",
    "access_record",
    "account",
    "amendment",
    "answer",
    "assessment",
    "assessment_person",
    "authority",
    "batch",
    "blob",
    "cancellation",
    "card",
    "card_report",
    "card_report_photo",
    "card_scope",
    "card_wording",
    "case_closing",
    "copy",
    "correction",
    "delivery",
    "dispatch",
    "draft",
    "draft_file",
    "draft_piece",
    "draft_row",
    "engagement",
    "filed_job",
    "heading",
    "institution",
    "institution_change",
    "integrity",
    "journal",
    "journal_head",
    "key_document",
    "key_record",
    "key_share",
    "lost_card",
    "lost_copy",
    "lost_place",
    "meta",
    "metadata",
    "notice",
    "number",
    "pairing",
    "person",
    "print_entry",
    "print_job",
    "printer",
    "prints_at_centre",
    "proposal",
    "rate_limit",
    "recovery_code",
    "roll_call",
    "roll_call_record",
    "scan",
    "second_factor",
    "series",
    "session",
    "status_change",
    "status_list",
    "status_publication",
    "token",
    "unconfirmed",
    "watch_look",
    "webhook",
]
