"""What is said to a person of the status lists in a bundle that are not used, or no longer of full use.

The browser's verifier (``pages/assets/verifier/openingwords.js``) says the same, held to this by shared vectors.
"""

from __future__ import annotations

from typing import Final

_SENTENCES: Final = {  # {n} is the list's number
    "envelope-malformed": (
        "第 {n} 号状态列表不是本系统的签名格式，不予采用",
        "status list {n} is not used: it is not signed in the form of this system",
    ),
    "unknown-key": (
        "第 {n} 号状态列表不是用密钥文件中的状态密钥签署的（证卡密钥不算），不予采用",
        "status list {n} is not used: no status key of the key document signed it (a card key does not count)",
    ),
    "signature-invalid": (
        "第 {n} 号状态列表被改动，签名不符，不予采用",
        "status list {n} is not used: it was altered, its signature does not hold",
    ),
    "status-list-malformed": (
        "第 {n} 号状态列表无法解读，不予采用",
        "status list {n} is not used: it cannot be read",
    ),
    "status-list-not-canonical": (
        "第 {n} 号状态列表的编码不合规范，不予采用",
        "status list {n} is not used: it is not in its one encoding",
    ),
    "status-list-subject": (
        "第 {n} 号状态列表与所需的不是同一份，不予采用",
        "status list {n} is not used: this is not the list asked for",
    ),
    "status-list-size": (
        "第 {n} 号状态列表解压后的长度不符，不予采用",
        "status list {n} is not used: it does not inflate to the size of a list",
    ),
    "status-list-older": (
        "第 {n} 号状态列表比已采用过的旧，不予采用：可能是有人重放取消之前的列表",
        "status list {n} is not used: it was signed at an earlier time than one known, maybe before a cancellation",
    ),
    "key-compromised": (
        "第 {n} 号状态列表由已报失窃的状态密钥签署，不予采用",
        "status list {n} is not used: the status key that signed it is reported stolen",
    ),
    "key-out-of-use": (
        "第 {n} 号状态列表由已停用的状态密钥签署，或签署时间不在其使用期内，不予采用",
        "status list {n} is not used: the status key that signed it was not in use at that time",
    ),
    "key-not-in-use": (
        "第 {n} 号状态列表由尚未启用的状态密钥签署，不予采用，请更新密钥文件",
        "status list {n} is not used: the status key that signed it is not in use yet, update the key document",
    ),
    "status-list-former-key": (
        "第 {n} 号状态列表由较早的状态密钥签署，而已采用过较新密钥签署的列表，不予采用：可能是有人重放旧列表",
        "status list {n} is not used: a former status key signed it, and one of a newer key was accepted before",
    ),
    "status-list-from-the-future": (
        "第 {n} 号状态列表的签发时间比本机时间晚 10 分钟以上，不予采用，请核对时钟",
        "status list {n} is not used: it was signed more than 10 minutes ahead of this clock, check the clock",
    ),
    "status-list-expired": (
        "第 {n} 号状态列表已过期：已知无效的证卡仍会查出，其余不能确认，请联网更新",
        "status list {n} has expired: cards known to be bad are still told, no other can be confirmed; update",
    ),
    "key-document-expired": (
        "密钥文件已过有效期：不再能确认任何证卡有效，请联网更新",
        "the key document has expired: no card can be confirmed to be valid; update",
    ),
}


def note_of(code: str, number: int) -> tuple[str, str]:
    """Return in Chinese and in English what a refusal of list ``number`` means; ``code`` is the refusal's."""
    zh, en = _SENTENCES[code]
    return zh.format(n=number), en.format(n=number)
