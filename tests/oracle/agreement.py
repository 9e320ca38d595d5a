"""Whether the program decides an applicant as the regulation does."""

from __future__ import annotations

from tests.oracle.product import judge
from tests.oracle.regulation import Applicant, decide


def disagreement(who: Applicant) -> str | None:
    """Return how the two differ, None where they agree.

    The reasons agree too. Of a row that cannot be read the program tells less: what is wrong with its cells.
    """
    for place, (wanted, (found, is_read)) in enumerate(zip(decide(who), judge(who), strict=True), 1):
        told = found == wanted if is_read else bool(wanted) and found <= wanted
        if not told:
            return f"row {place}: the regulation {sorted(wanted)}, the program {sorted(found)}; {who}"
    return None
