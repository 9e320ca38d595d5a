"""Write the vectors beside this file: ``python -m tests.vectors.make_vectors``.

Run it to add vectors to a new version of a format, and review every line that changes: a committed vector is what
others have built on. No test runs this. The checker in ``checker/`` verifies the result without this code.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.vectors import (
    assessment_vectors,
    card_vectors,
    document_vectors,
    fitness_vectors,
    key_state_vectors,
    offline_vectors,
    signature_vectors,
    status_vectors,
)

FOLDER = Path(__file__).parent


def write(name: str, content: object) -> None:
    (FOLDER / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("digits.json", card_vectors.digits())
    write("cards.json", card_vectors.cards())
    write("status-lists.json", status_vectors.status_lists())
    write("key-documents.json", document_vectors.documents())
    write("fitness.json", fitness_vectors.fitness())
    write("assessments.json", assessment_vectors.assessments())
    write("offline-verdicts.json", offline_vectors.verdicts())
    write("key-states.json", key_state_vectors.key_states())
    write("signatures.json", signature_vectors.signatures())
