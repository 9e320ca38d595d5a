"""The refusals of ``keys``, a library without a language, in Chinese."""

from __future__ import annotations

from typing import Final

from keys.errors import KeysError

_ZH: Final = {
    "bad-key": "密钥不可用：长度、曲线点或用途不符",
    "envelope-malformed": "不是本系统的签名格式",
    "unknown-key": "签名所用的密钥不在密钥文件中，请更新密钥文件",
    "signature-invalid": "签名不符：内容被改动，或不是由所称的密钥签署",
    "illegal-rotation": "密钥在当前状态下不能作此处理",
    "key-document-malformed": "密钥文件格式不符",
    "root-not-pinned": "密钥文件不是由已记录指纹的根密钥签署，不予采用",
    "key-document-older": "密钥文件比已采用的旧，不予采用",
    "vault-exists": "密钥库文件已存在，不会覆盖",
    "vault-missing": "找不到密钥库文件",
    "vault-malformed": "密钥库文件损坏或不是本系统的文件",
    "wrong-passphrase": "口令错误，或密钥库文件被改动",
    "key-not-held": "密钥库中没有这把私钥：已删除，或保存在别处",
    "key-held-already": "密钥库中已有这把私钥",
    "sealed-field-invalid": "加密字段无法解开：被改动，或密钥不符",
}


def zh_of(error: KeysError) -> str:
    """Say in Chinese what a refusal of ``keys`` means; details are in its English text."""
    return _ZH.get(error.code, "密钥操作未完成")
