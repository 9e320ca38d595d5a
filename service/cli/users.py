"""``user``, ``token`` and ``scans``: who may sign in, which programs may ask, and what was checked at the gates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import whole_file
from service.cli.params import DAY, OUT_FILE
from service.cli.register import new_password, opened
from service.domain.access import Account, Permission, Role, user_key
from service.domain.tidy import tidy_name
from service.domain.validity import SHANGHAI
from service.flows.checking.staff import all_scans
from service.flows.people.accounts import (
    NewUser,
    TokenRequest,
    add_token,
    add_user,
    disable_user,
    list_tokens,
    list_users,
    name_person,
    revoke_token,
    set_password,
)
from service.flows.people.second_factor import reset_second_factor
from service.flows.requests.reading import read_request
from service.roster.table import write_table
from service.settings import NEW_PASSWORD
from service.store.scans import LoggedScan

_ROLE_NAMES: Final = {
    Role.CENTRE: "市职鉴中心",
    Role.INSTITUTION: "鉴定评价机构",
    Role.DISTRICT: "区县人社部门",
    Role.SITE_STAFF: "考点工作人员",
    Role.AUDITOR: "审计",
    Role.ADMINISTRATOR: "管理员",
}


def tell_password(context: Context, made: NewUser) -> None:
    """Show a random password, once."""
    if made.password is not None:
        context.say(f"用户 {made.account.name} 的密码，只显示这一次 password, shown this once:", f"  {made.password}")


@click.group("user")
def user() -> None:
    """可登录的账户 Accounts that may sign in."""


@command("add", user)
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="角色 role.")
@click.option("--institution", help="机构代码（机构、考点工作人员） institution code, for institution and site-staff.")
@click.option("--district", help="区县人社部门名称 name of the district bureau.")
@click.option("--person-name", required=True, help="使用人的真实姓名 real name of whoever uses it.")
@pass_context
def add(
    context: Context, name: str, role: str, institution: str | None, district: str | None, person_name: str
) -> None:
    """新增账户 Add an account; the password is asked for, or random and shown once."""
    new = Account(user_key(name), Role(role), institution, district, tidy_name(person_name))
    with opened(context) as register:
        made = add_user(register, new, new_password(context, NEW_PASSWORD, new.name), context.actor)
    context.answer(
        {"user": new.name, "person_name": new.person_name, "role": new.role.value, "password": made.password}
    )
    context.say(f"已新增 added: {new.shown}，{_ROLE_NAMES[new.role]}")
    tell_password(context, made)


@command("list", user)
@pass_context
def list_accounts(context: Context) -> None:
    """列出账户 List accounts."""
    with opened(context) as register:
        found = list_users(register)
    context.answer(
        [
            {
                "user": one.account.name,
                "person_name": one.account.person_name,
                "role": one.account.role.value,
                "institution": one.account.institution,
                "district": one.account.district,
                "disabled": one.disabled_at is not None,
            }
            for one in found
        ]
    )
    context.table(
        ("用户 user", "姓名 name", "角色 role", "机构 institution", "状态 state"),
        [
            (
                one.account.name,
                one.account.person_name,
                f"{_ROLE_NAMES[one.account.role]} {one.account.role.value}",
                one.account.institution or one.account.district or "",
                "已停用 disabled" if one.disabled_at else "",
            )
            for one in found
        ],
        wide=(3,),
    )


@command("name", user)
@click.argument("name")
@click.option("--person-name", required=True, help="使用人的真实姓名 real name of whoever uses it.")
@pass_context
def name_(context: Context, name: str, person_name: str) -> None:
    """登记使用人 Write whose account it is; entries made from now on bear the name."""
    with opened(context) as register:
        named = name_person(register, name, person_name, context.actor)
    context.answer({"user": named.name, "person_name": named.person_name})
    context.say(f"已登记 entered: {named.shown}")


@command("disable", user)
@click.argument("name")
@pass_context
def disable(context: Context, name: str) -> None:
    """停用账户 Close an account for good, with its sign-ins and tokens."""
    with opened(context) as register:
        disable_user(register, name, context.actor)
    context.answer({"user": user_key(name), "disabled": True})
    context.say(f"已停用，登录与令牌即刻失效 disabled, sign-ins and tokens are dead: {user_key(name)}")


@command("password", user)
@click.argument("name")
@pass_context
def password(context: Context, name: str) -> None:
    """重设密码 Give another password; ends the account's sign-ins and its tokens."""
    with opened(context) as register:
        made = set_password(register, name, new_password(context, NEW_PASSWORD, user_key(name)), context.actor)
    context.answer({"user": made.account.name, "password": made.password})
    context.say(f"密码已重设，登录与令牌一并失效 password set, sign-ins and tokens have ended: {made.account.name}")
    tell_password(context, made)


@command("reset-second-factor", user)
@click.argument("name")
@pass_context
def reset(context: Context, name: str) -> None:
    """重置两步验证 Take an account's second factor away, with its sign-ins: for a lost telephone."""
    with opened(context) as register:
        reset_second_factor(register, name, context.actor)
    context.answer({"user": user_key(name), "second_factor": False})
    context.say(f"已重置，请其重新登录并设置 reset, to be set up anew: {user_key(name)}")


@click.group("token")
def token() -> None:
    """程序用的令牌 Tokens for programs."""


@command("add", token)
@click.argument("label")
@click.option("--user", "name", required=True, help="令牌所属账户 whose token it is.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="权限，可重复 what it may do, may be repeated.",
)
@click.option("--days", default=90, show_default=True, type=int, help="有效天数 days it is good for.")
@pass_context
def add_new_token(context: Context, /, **options: object) -> None:
    """新增令牌 Make a token; it is shown once and kept nowhere."""
    with opened(context) as register:
        made = add_token(register, read_request(TokenRequest, options), context.by())
    context.answer({"label": made.label, "token": made.secret, "expires_on": made.expires_on})
    context.say(f"令牌，只显示这一次 token, shown this once, good to the end of {made.expires_on}:", f"  {made.secret}")


@command("list", token)
@pass_context
def list_all_tokens(context: Context) -> None:
    """列出令牌 List tokens."""
    with opened(context) as register:
        found = list_tokens(register)
    rows = [(one.label, one.owner.account.name, " ".join(sorted(one.scopes)), str(one.expires_on)) for one in found]
    context.answer([dict(zip(("label", "user", "scopes", "expires_on"), row, strict=True)) for row in rows])
    context.table(("名称 label", "用户 user", "权限 scopes", "有效期至 until"), rows, wide=(2,))


@command("revoke", token)
@click.argument("label")
@click.option("--user", "name", required=True, help="令牌所属账户 whose token it is.")
@pass_context
def revoke(context: Context, label: str, name: str) -> None:
    """收回令牌 Take a token away."""
    with opened(context) as register:
        revoke_token(register, name, label, context.actor)
    context.answer({"label": label, "revoked": True})
    context.say(f"已收回 revoked: {label}")


_HEADINGS: Final = (
    "时间 time",
    "用户 user",
    "考点 place",
    "证卡编号 number",
    "结论 verdict",
    "现为 now",
    "同一人 same",
)


@command("scans")
@click.option("--since", type=DAY, help="自该日起上传的，默认 30 天 handed in from this day on; 30 days by default.")
@click.option("--out", type=OUT_FILE, help="写成 xlsx 表 write an xlsx file.")
@pass_context
def scans(context: Context, since: date | None, out: Path | None) -> None:
    """考点查验记录 The log of checks at exam sites."""
    with opened(context) as register:
        day = since or register.effects.today() - timedelta(days=30)
        found = all_scans(register, datetime.combine(day, time.min, SHANGHAI))
        now = register.effects.now()
    context.answer([_as_json(one) for one in found])
    rows = [_row(one) for one in found]
    if out is None:
        context.table(_HEADINGS, rows, wide=(2,))
        return
    with whole_file(out) as file:
        file.write(write_table("查验记录", _HEADINGS, rows, now))
    context.say(f"已写出 written: {out}（{len(rows)} 条 scans）")


def _row(one: LoggedScan) -> tuple[str, ...]:
    scan = one.scan
    return (
        scan.scanned_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        one.shown,
        scan.place or "",
        scan.number or "",
        scan.verdict + ("（离线 offline）" if scan.offline else ""),
        scan.verdict_now or "",
        {True: "是 yes", False: "否 no", None: ""}[scan.same_person],
    )


def _as_json(one: LoggedScan) -> dict[str, object]:
    scan = one.scan
    return {
        "scanned_at": scan.scanned_at.isoformat(),
        "user": one.user,
        "person_name": one.person_name,
        "place": scan.place,
        "number": scan.number,
        "verdict": scan.verdict,
        "verdict_now": scan.verdict_now,
        "same_person": scan.same_person,
        "offline": scan.offline,
    }


COMMANDS: Final = (user, token, scans)
