"""What the journal's entries are called, and what they hold, for people who read them."""

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
    "register-created": ("建立登记库", "register made"),
    "register-restored": ("恢复登记库", "register restored"),
    "contact-set": ("设置公众联系方式", "public contact set"),
    "institution-added": ("登记机构", "institution entered"),
    "portrait-in-code-set": ("设定照片入码", "portraits in codes set"),
    "user-added": ("添加用户", "user added"),
    "second-factor-required": ("规定两步验证", "second factor required"),
    "second-factor-set": ("设置两步验证", "second factor set"),
    "second-factor-reset": ("重置两步验证", "second factor taken away"),
    "recovery-code-used": ("使用恢复码", "recovery code used"),
    "user-named": ("登记账户使用人", "account's person named"),
    "user-disabled": ("停用用户", "user disabled"),
    "user-password-set": ("设置密码", "password set"),
    "token-added": ("添加令牌", "token added"),
    "token-revoked": ("收回令牌", "token taken away"),
    "key-introduced": ("公布下一把密钥", "next key published"),
    "key-promoted": ("启用密钥", "key promoted"),
    "key-retired": ("密钥退役", "key retired"),
    "key-compromised": ("密钥失窃", "key compromised"),
    "passphrase-changed": ("更换口令", "passphrase changed"),
    "clock-confirmed": ("确认时钟", "clock confirmed"),
    "batch-issued": ("核发批次", "batch issued"),
    "application-refused": ("退回申报", "application refused"),
    "numbers-reserved": ("预留编号", "numbers reserved"),
    "session-planned": ("安排场次", "session planned"),
    "session-cancelled": ("取消场次", "session cancelled"),
    "session-roll-called": ("点名", "roll called"),
    "session-recorded": ("作出点名记录", "roll-call recorded"),
}
"""By kind of event; what has no words here is called by its kind."""

DATA_WORDS: Final = {
    "act": ("事项", "act"),
    "ahead": ("快出秒数", "seconds ahead"),
    "article": ("条款", "article"),
    "as_internal": ("聘为内督", "as internal"),
    "attachment": ("附件 SHA-256", "document's SHA-256"),
    "authority": ("人社部门", "authority"),
    "body": ("单位", "body"),
    "by": ("由", "by"),
    "came": ("到场", "came"),
    "cards": ("发卡", "cards"),
    "complete": ("全部接替", "complete"),
    "copies": ("副本", "copies"),
    "copy": ("副本", "copy"),
    "decided_by": ("决定人", "decided by"),
    "decided_on": ("决定日期", "decided on"),
    "digest": ("记录 SHA-256", "record's SHA-256"),
    "dispatch": ("委派", "dispatch"),
    "document": ("文号", "document number"),
    "engagement": ("聘用", "engagement"),
    "entries": ("条目数", "entries"),
    "entry": ("记录", "record entry"),
    "expires_on": ("有效期至", "expires on"),
    "first": ("起", "first"),
    "former_copy": ("原副本", "former copy"),
    "ground": ("情形", "ground"),
    "institution": ("机构", "institution"),
    "issued_on": ("核发日期", "issued on"),
    "issuer": ("颁证机构", "issuer"),
    "jurisdiction": ("省（市）", "jurisdiction"),
    "kid": ("密钥标识", "key id"),
    "kind": ("类别", "kind"),
    "label": ("名称", "label"),
    "last": ("止", "last"),
    "left": ("余下", "left"),
    "letter": ("字母", "letter"),
    "name": ("名称", "name"),
    "note": ("说明", "note"),
    "number_reason": ("编号依据", "why this number"),
    "numbers": ("编号", "numbers"),
    "on": ("日期", "on"),
    "outcome": ("结果", "outcome"),
    "people": ("人员", "people"),
    "person": ("人员编号", "person's id"),
    "plan": ("评价计划", "plan"),
    "points": ("得分", "points"),
    "predecessor": ("换发自", "follows"),
    "proposal": ("建议", "proposal"),
    "proposed_by": ("建议人", "proposed by"),
    "purpose": ("用途", "purpose"),
    "reason": ("事由", "reason"),
    "reasons": ("退回原因", "reasons"),
    "refused": ("退回", "refused"),
    "replaces": ("代替", "replaces"),
    "reported_by": ("交回人", "reported by"),
    "reviewed_by": ("审核人", "reviewed by"),
    "role": ("角色", "role"),
    "roles": ("角色", "roles"),
    "tokens": ("收回令牌", "tokens taken away"),
    "roster": ("名册 SHA-256", "roster's SHA-256"),
    "row": ("行", "row"),
    "scopes": ("范围", "scopes"),
    "sheet": ("版式", "sheet"),
    "shown": ("出示", "shown"),
    "since": ("自", "since"),
    "status": ("状态", "status"),
    "status_on": ("状态日期", "status on"),
    "until": ("至", "until"),
    "verdict": ("结论", "verdict"),
    "what": ("事项", "what"),
}
"""By key of an event's data; likewise."""

OF_THE_CARD: Final = frozenset(
    {
        *("number-voided", "card-issued", "card-imported", "card-revoked", "card-voided", "card-replaced"),
        *("portrait-consent-withdrawn", "card-superseded", "cancellation-corrected", "copy-found", "cards-printed"),
    }
)
"""What is of the card alone: whoever sees the card sees it. The rest follows what it is about."""


def event_words(kind: str) -> tuple[str, str]:
    """Call a kind of event in Chinese and English."""
    return EVENT_WORDS.get(kind, (kind, kind))


def data_word(key: str) -> tuple[str, str]:
    """Call what stands under a key of an event's data, in Chinese and English."""
    return DATA_WORDS.get(key, (key, key))
