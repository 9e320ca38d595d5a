"""What the journal's entries on a card are called, for people who read them."""

from __future__ import annotations

from typing import Final

EVENT_WORDS: Final = {
    "number-voided": ("编号作废", "number voided"),
    "card-issued": ("核发证卡", "card issued"),
    "card-imported": ("导入系统启用前的证卡", "card from before the system entered"),
    "card-revoked": ("取消资格", "qualification cancelled"),
    "card-voided": ("证卡作废", "card voided"),
    "card-replaced": ("补发", "new copy made"),
    "portrait-consent-withdrawn": ("撤回照片入码同意", "consent to the portrait withdrawn"),
    "card-superseded": ("换发接替", "taken over by a newer card"),
    "revocation-proposed": ("建议取消资格", "cancellation proposed"),
    "revocation-proposal-decided": ("建议已采纳", "proposal followed"),
    "revocation-proposal-declined": ("建议不予采纳", "proposal declined"),
    "cancellation-corrected": ("更正取消资格", "cancellation corrected"),
    "decision-refused": ("越权决定被拒绝", "a decision by another body refused"),
    "engagement-made": ("聘用", "engaged"),
    "engagement-ended": ("聘用终止", "engagement ended"),
    "dispatch-made": ("委派", "sent"),
    "dispatch-withdrawn": ("委派撤回", "dispatch withdrawn"),
    "copy-found": ("遗失证卡找回", "lost copy found"),
    "integrity-recorded": ("记入诚信档案", "entered in the integrity record"),
    "case-closed": ("待决定事项办结", "case closed"),
    "cards-printed": ("打印", "printed"),
}
"""By kind of event; what has no words here is called by its kind."""

OF_THE_CARD: Final = frozenset(
    {
        *("number-voided", "card-issued", "card-imported", "card-revoked", "card-voided", "card-replaced"),
        *("portrait-consent-withdrawn", "card-superseded", "cancellation-corrected", "copy-found", "cards-printed"),
    }
)
"""What is of the card alone: whoever sees the card sees it. The rest follows what it is about."""
