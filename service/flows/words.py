"""The refusals of ``keys`` and ``cardlayout``, whose errors speak English only, in Chinese."""

from __future__ import annotations

from typing import Final

from cardlayout.errors import LayoutError
from keys.errors import KeysError

_ZH: Final = {
    "bad-key": "密钥不可用：长度、曲线点或用途不符",
    "envelope-malformed": "不是本系统的签名格式",
    "unknown-key": "签名所用的密钥不在密钥文件中，请更新密钥文件",
    "signature-invalid": "签名不符：内容被改动，或不是由所称的密钥签署",
    "key-compromised": "签名所用的密钥已报失窃，其签名一律不予采用",
    "key-out-of-use": "签名所用的密钥已停用，或签署日期不在其使用期内，不予采用",
    "key-not-in-use": "签名所用的密钥尚未启用，不予采用；请更新密钥文件",
    "illegal-rotation": "密钥在当前状态下不能作此处理，或没有现用密钥",
    "key-document-malformed": "密钥文件格式不符",
    "root-not-pinned": "密钥文件不是由已记录指纹的根密钥签署，不予采用",
    "key-document-older": "密钥文件比已采用的旧，不予采用",
    "vault-exists": "密钥文件已存在，不会覆盖",
    "vault-missing": "找不到密钥文件",
    "vault-malformed": "密钥文件损坏或不是本系统的文件",
    "wrong-passphrase": "口令错误，或密钥文件被改动",
    "key-not-held": "密钥库中没有这把私钥：已删除，或保存在别处",
    "key-held-already": "密钥库中已有这把私钥",
    "token-address-invalid": "令牌地址不符，应形如 pkcs11:token=名称?module-path=/路径/库.so，其中不得写 PIN",
    "token-unusable": "令牌的驱动库装不上，或令牌不支持 Ed25519 签名",
    "token-absent": "没有插上这个令牌",
    "token-failed": "令牌未能完成操作，重新连接后也不行",
    "token-pin-wrong": "令牌的 PIN 不对；不会用它再试",
    "token-last-try": "令牌的 PIN 只剩一次机会，留给人来输入：文件和环境变量里的 PIN 不去试",
    "token-locked": "令牌已锁定，须由令牌管理员（SO PIN）重设 PIN",
    "sealed-field-invalid": "加密字段无法解开：被改动，或密钥不符",
    "backup-key-invalid": "不是备份密钥的公钥；公钥以 age1 开头，生成时显示",
    "backup-unreadable": "加密的备份无法解开：密钥不符、内容被改动或不完整；未恢复任何数据",
    "sheet-place-unknown": "版式上没有这个起始位置：a4-4 为 1—4，a4-5 为 1—5，single 只有 1",
    "printer-offset-too-large": "打印偏移过大，请检查纸张大小和打印缩放",
    "nothing-to-print": "没有要打印的证卡",
    "face-unsigned": "证卡尚未签发，没有二维码，不能打印",
    "face-unfit": "证卡内容排不下或无法印制，请先更正",
    "portrait-not-normalised": "照片不是入库时的统一格式",
    "glyph-missing": "有字库中没有的字，请核对",
    "font-missing": "找不到字体文件",
    "font-damaged": "字体文件损坏",
}


def zh_of(error: KeysError | LayoutError) -> str:
    """Return in Chinese what a refusal means; details are in its English text."""
    return _ZH.get(error.code, "操作未完成")
