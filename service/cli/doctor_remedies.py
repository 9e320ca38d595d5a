"""What to do about what ``doctor`` finds."""

from __future__ import annotations

from typing import Final

from service.flows.remedies import Remedies

DOCTOR_REMEDIES: Final[Remedies] = {
    "backup-late": (
        "运行 zhengka backup --out 文件，并启用每日备份（deploy/systemd/zhengka-backup.timer）",
        "run zhengka backup --out FILE, and enable the daily backup (deploy/systemd/zhengka-backup.timer)",
    ),
    "certificate-ends": (
        "请更换证书并让 nginx 重新读取",
        "renew the certificate and let nginx read it anew",
    ),
    "clock-off": (
        "请让本机与 NTP 对时（timedatectl），数据库主机也要",
        "let this machine keep time by NTP (timedatectl), and the database's too",
    ),
    "disk-short": (
        "请清理磁盘或扩容；写满后不能核发，查验照常",
        "make room: on a full disk nothing is issued, checking goes on",
    ),
    "key-ends": (
        "用根密钥轮换：zhengka keys rotate，次日加 --promote",
        "rotate it with the root key: zhengka keys rotate, and a day later with --promote",
    ),
    "lists-late": (
        "服务运行时每小时签一次：看服务是否在运行、日志里为什么没签",
        "the service signs every hour: see whether it runs, and in its log why it does not",
    ),
    "mirror-behind": (
        "请恢复该目录；zhengka audit verify --mirror 逐条比对",
        "bring the folder back; zhengka audit verify --mirror compares entry by entry",
    ),
    "mirror-none": (
        "运行 zhengka journal mirror 目录，恢复时才不丢取消记录",
        "run zhengka journal mirror FOLDER: with it a restore loses no revocation",
    ),
    "mode-open": ("用 chmod go-rwx 收紧权限", "close it with chmod go-rwx"),
    "notices-fail": (
        "在 /office/admin/webhooks 查看原因，修复后恢复",
        "see why at /office/admin/webhooks, and enable them again",
    ),
    "proxy-untrusted": (
        "把 ZHENGKA_TRUSTED_PROXIES 设为代理的地址，并让代理送 X-Forwarded-For",
        "set ZHENGKA_TRUSTED_PROXIES to the proxy's address, and let the proxy send X-Forwarded-For",
    ),
    "proxy-wide": (
        "ZHENGKA_TRUSTED_PROXIES 只写代理自己的地址",
        "name in ZHENGKA_TRUSTED_PROXIES the proxies' own addresses only",
    ),
    "public-other": (
        "请核对域名解析、nginx 的 proxy_pass 和本机的数据目录",
        "see where the name leads, nginx's proxy_pass, and which data folder this is",
    ),
    "public-unreachable": (
        "请检查 nginx、证书、域名解析和防火墙；地址不同的用 zhengka doctor --address",
        "look at nginx, certificate, name and firewall; another address is given with zhengka doctor --address",
    ),
    "root-other": (
        "请停用并核对：这不是查验端认的根密钥",
        "stop and find out: this is not the root key that checkers accept",
    ),
    "root-unpinned": (
        "用 zhengka doctor --root 给出 init 时记下的指纹",
        "give the fingerprint that init showed with zhengka doctor --root",
    ),
    "schema-newer": ("在本机安装并启动新版本", "install and start the newer version on this host"),
}
