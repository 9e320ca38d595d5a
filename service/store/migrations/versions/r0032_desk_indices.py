"""What the desk counts and lists on every page is found by an index, however large the register."""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the indices; that of a report's body alone is the beginning of another one."""
    op.create_index("ix_card_issuer_status_expires_on", "card", ["issuer", "status", "expires_on"])
    op.create_index("ix_integrity_outcome", "integrity", ["outcome"])
    op.create_index("ix_integrity_body", "integrity", ["body"])
    op.create_index("ix_proposal_state", "proposal", ["state"])
    op.create_index("ix_print_entry_at", "print_entry", ["at"])
    op.create_index("ix_assessment_on_day", "assessment", ["on_day"])
    op.drop_index("ix_card_report_body", "card_report")
    op.create_index("ix_card_report_body_closed_at", "card_report", ["body", "closed_at"])
