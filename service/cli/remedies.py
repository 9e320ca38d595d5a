"""What to do about a refusal at the command line: commands, options, variables."""

from __future__ import annotations

from typing import Final

from service.flows.remedies import Remedies

_ADD: Final = (
    "机构先用 zhengka institution add 登记",
    "an institution is entered with zhengka institution add",
)
_HEAD: Final = (
    "用 zhengka restore --head 给出日志头，或用 zhengka restore --void-ahead N 作废其后的号",
    "give the head with zhengka restore --head, or void the next numbers with zhengka restore --void-ahead N",
)
_LIST_KEYS: Final = ("zhengka keys list 列出全部密钥及其状态", "zhengka keys list shows every key and its state")
_NO_PORTRAIT: Final = (
    "可用 zhengka replace {number} --without-portrait 不带照片补发",
    "or make a copy without it: zhengka replace {number} --without-portrait",
)
_FONTS: Final = ("请检查 ZHENGKA_FONTS，或重新安装本程序", "look at ZHENGKA_FONTS, or install the program again")

CLI_REMEDIES: Final[Remedies] = {
    "authority-unknown": (
        "新的人社部门先用 zhengka authority add 列入",
        "a new authority is entered with zhengka authority add",
    ),
    "backup-altered": (
        "别无其他备份时用 zhengka restore --despite-faults，以其内容为准",
        "where there is no other, zhengka restore --despite-faults takes what stands in it to be true",
    ),
    "backup-encrypted": ("用 zhengka restore --key 给出该文件", "give it with zhengka restore --key"),
    "backup-folder-damaged": (
        "从另一副本取回；或删去被改动的照片，再运行 zhengka backup --apart，会重新写入",
        "bring them back from another copy; or delete altered photographs and run zhengka backup --apart to copy anew",
    ),
    "backup-folder-empty": (
        "请核对文件夹，以及磁盘是否已挂载；照片另存的备份由 zhengka backup --apart 生成",
        "see whether it is the right folder, and its disk mounted; such backups are made with zhengka backup --apart",
    ),
    "backup-key-invalid": (
        "备份密钥由 zhengka keys backup-key 生成",
        "a backup key is made with zhengka keys backup-key",
    ),
    "backup-older-than-head": (
        "用 zhengka restore --void-ahead N 作废",
        "void them with zhengka restore --void-ahead N",
    ),
    "backup-photographs-lost": (
        "从另一副本取回 photographs 文件夹；别无副本时用 zhengka restore --despite-faults，除这些以外都能恢复",
        "bring the folder back from another copy; where none is, zhengka restore --despite-faults restores the rest",
    ),
    "card-unconfirmed": (
        "先用 zhengka confirm {number} --reason 确认",
        "confirm it first with zhengka confirm {number} --reason",
    ),
    "cell-missing": (
        "换发时用 zhengka renew --set {field}=… 填写",
        "at a renewal state it with zhengka renew --set {field}=…",
    ),
    "checker-memory-damaged": (
        "再用 zhengka verify --root 指明指纹",
        "and name the fingerprint with zhengka verify --root",
    ),
    "clock-ahead": ("确认无误后运行 zhengka clock confirm", "to confirm it run zhengka clock confirm"),
    "engagement-external": (
        "聘为内督加上 zhengka engage --as-internal",
        "to engage one as internal say zhengka engage --as-internal",
    ),
    "face-unfit": _NO_PORTRAIT,
    "font-damaged": _FONTS,
    "font-missing": _FONTS,
    "head-malformed": ("日志头由 zhengka audit head 导出", "a head is exported with zhengka audit head"),
    "head-older-than-backup": _HEAD,
    "illegal-rotation": _LIST_KEYS,
    "institution-unknown": _ADD,
    "import-passes-numbers": (
        "确认无误的，加上 zhengka import-cards --confirm-prefix {prefix}",
        "where it is right, confirm it with zhengka import-cards --confirm-prefix {prefix}",
    ),
    "issuer-unknown": _ADD,
    "key-not-found": _LIST_KEYS,
    "key-not-held": (
        "私钥若在令牌上，请设置 ZHENGKA_TOKEN；丢了就用 zhengka keys rotate 另建一把",
        "if it is on a token, set ZHENGKA_TOKEN; if it is lost, make another with zhengka keys rotate",
    ),
    "key-too-new": (
        "失窃后可用 zhengka keys rotate --at-once 立即启用",
        "after a theft zhengka keys rotate --at-once does not wait",
    ),
    "reviewer-missing": (
        "统一指定用 zhengka issue --reviewed-by 姓名",
        "zhengka issue --reviewed-by NAME names one for the batch",
    ),
    "roster-several-lists": (
        "用 zhengka issue --sheet 名称 指定（import-cards 相同）",
        "name it with zhengka issue --sheet NAME (import-cards takes it too)",
    ),
    "occupation-new": (
        "确为新工种的，加上 zhengka issue --new-job-type 名称",
        "where it is right, confirm it with zhengka issue --new-job-type NAME",
    ),
    "no-next-key": (
        "先运行 zhengka keys rotate {purpose} 公布",
        "publish one with zhengka keys rotate {purpose}",
    ),
    "no-such-institution": _ADD,
    "mirror-missing": ("镜像用 zhengka journal mirror 建立", "a mirror is made with zhengka journal mirror"),
    "no-passphrase": (
        "请设置 ZHENGKA_PASSPHRASE_FILE 或 ZHENGKA_PASSPHRASE",
        "set ZHENGKA_PASSPHRASE_FILE or ZHENGKA_PASSPHRASE",
    ),
    "no-pin": (
        "请设置 ZHENGKA_TOKEN_PIN_FILE，根密钥的令牌则为 ZHENGKA_ROOT_PIN_FILE",
        "set ZHENGKA_TOKEN_PIN_FILE, or ZHENGKA_ROOT_PIN_FILE for the token with the root key",
    ),
    "no-register": (
        "用 zhengka init 建立，或用 zhengka --data 指明数据目录",
        "make one with zhengka init, or name the data folder with zhengka --data",
    ),
    "no-root-passphrase": (
        "请设置 ZHENGKA_ROOT_PASSPHRASE_FILE 或 ZHENGKA_ROOT_PASSPHRASE",
        "set ZHENGKA_ROOT_PASSPHRASE_FILE or ZHENGKA_ROOT_PASSPHRASE",
    ),
    "no-status-list": (
        "目录由 zhengka publish 写出，或存有逐个下载的 /status-lists/n",
        "zhengka publish writes the folder, or lists are saved in it from /status-lists/n",
    ),
    "photo-missing": _NO_PORTRAIT,
    "record-body": (
        "用 --body 写明记载单位，如 zhengka review --body",
        "name the body that enters it with --body, as in zhengka review --body",
    ),
    "register-altered": (
        "确认后用 zhengka upgrade --despite-faults，以现有内容为准",
        "then zhengka upgrade --despite-faults takes what stands there to be true",
    ),
    "register-unconfirmed": (
        "zhengka confirm 列出待确认的证卡",
        "zhengka confirm lists the cards that wait",
    ),
    "register-arriving": (
        "再运行一次 zhengka move 即可完成",
        "run zhengka move once more to complete it",
    ),
    "register-moved": (
        "请设置 ZHENGKA_DATABASE_URL 指向新数据库",
        "set ZHENGKA_DATABASE_URL to the new database",
    ),
    "restore-needs-head": (
        "依次用 zhengka restore --journal、--published 与 --void-ahead N、--head，或只用 --void-ahead N",
        "in this order: zhengka restore --journal, --published with --void-ahead N, --head, or --void-ahead N alone",
    ),
    "root-beside-vault": (
        "用时以 --root-file 指明，如 zhengka keys rotate --root-file",
        "when it is needed, name it with --root-file, as in zhengka keys rotate --root-file",
    ),
    "root-passphrase-shared": ("运行 zhengka keys passphrase root", "run zhengka keys passphrase root"),
    "token-absent": ("插上令牌，用 zhengka keys token 查看", "plug it in, and look with zhengka keys token"),
    "token-last-try": (
        "核对 PIN 后取消 ZHENGKA_TOKEN_PIN_FILE，由人输入一次",
        "make sure of the PIN, unset ZHENGKA_TOKEN_PIN_FILE, and type it once",
    ),
    "token-locked": (
        "由令牌管理员用 SO PIN 重设 PIN；其间可改用 zhengka keys rotate 另建密钥",
        "have its security officer set a new PIN; meanwhile another key is made with zhengka keys rotate",
    ),
    "token-pin-wrong": (
        "用 zhengka keys token 看还剩几次机会，核对之后再试",
        "see with zhengka keys token what tries are left, and make sure before the next",
    ),
    "schema-missing": ("先运行 zhengka init", "run zhengka init"),
    "schema-outdated": ("升级用 zhengka upgrade", "upgrade with zhengka upgrade"),
}
