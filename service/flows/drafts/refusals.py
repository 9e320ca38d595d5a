"""What is refused of a batch at work, whatever is asked of it."""

from __future__ import annotations

from service.domain.draft_state import DraftState
from service.flows.errors import Refused
from service.store.drafts import Draft


def check_open(draft: Draft) -> None:
    """Raise Refused for a draft that can no longer be changed."""
    if draft.state is not DraftState.OPEN:
        words = {
            DraftState.ISSUING: ("正在签发", "is being issued"),
            DraftState.ISSUED: ("已签发", "has been issued"),
        }
        zh, en = words.get(draft.state, ("已放弃", "was dropped"))
        raise Refused(
            "draft-closed", f"批次 {draft.id} {zh}，不能再改", f"batch {draft.id} {en}: it is changed no more"
        )


def no_such_draft(identity: int) -> Refused:
    """Report that there is no such draft, or none of this body."""
    return Refused("no-such-batch", f"没有批次 {identity}", f"there is no batch {identity}")


def changed_since() -> Refused:
    """Report that somebody else was first."""
    return Refused(
        "draft-changed",
        "这里刚被他人修改过，您的修改没有保存；请看过新内容后再改",
        "somebody else has just changed this, and your change was not stored: look at it and change it again",
    )
