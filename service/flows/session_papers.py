"""The record of a roll-call on paper: who was planned and who came, and what each rule says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final

from cardlayout.forms.draw import draw
from cardlayout.forms.model import Align, Cell, Form, Row, Table
from service.domain.access import Principal
from service.domain.session import ROLE_NAMES, Job, Role
from service.domain.session.people import word_of_card
from service.domain.validity import SHANGHAI
from service.flows.register import Register
from service.flows.session_records import SignedRecord, signed_record

_TITLE: Final = "鉴定评价场次点名记录"
_WIDTHS: Final = (26, 26, 36, 20, 20, 42)  # mm
_VERDICTS: Final = {"complete": "人员齐备", "short": "人员不足", "unknown": "待核实"}
_OUTCOMES: Final = {"met": "符合", "warning": "提示", "unknown": "待核实", "short": "不符合"}
_LEFT: Final = Align.LEFT
_SIGNED: Final = 24.0  # mm: room to sign


def draw_record(
    register: Register, identity: int, record: int | None, out: BinaryIO, *, by: Principal | None = None
) -> None:
    """Write a session's record as a PDF, the newest unless one is named.

    Raises Refused where there is none, LayoutError for a text that cannot be printed.
    """
    given = signed_record(register, identity, record, by=by)
    draw([_form(given)], _TITLE, register.fonts, out)


def _form(given: SignedRecord) -> Form:
    told, session = given.record, given.record["session"]
    people: list[dict[str, Any]] = told["people"]
    rulings: list[dict[str, Any]] = told["roll_call"]["rulings"]
    heading = ("岗位", "姓名", "证卡编号", "计划内", "到场时间", "证卡查验")
    rows = [
        Row(tuple(Cell(text, bold=True) for text in heading)),
        *(Row(tuple(Cell(text) for text in _person(one))) for one in people),
        Row(
            (
                Cell("结论", bold=True),
                Cell(_VERDICTS[told["roll_call"]["verdict"]], columns=5, align=_LEFT, bold=True),
            )
        ),
        Row((Cell("条款", bold=True), Cell("结果", bold=True), Cell("说明", columns=4, bold=True))),
        *(
            Row((Cell(one["article"]), Cell(_OUTCOMES[one["outcome"]]), Cell(one["zh"], columns=4, align=_LEFT)))
            for one in rulings
        ),
        Row(
            tuple(
                Cell(f"{who}签名：\n\n\n年    月    日", columns=2, align=_LEFT)
                for who in ("现场负责人", "考评组长", "内部质量督导员")
            ),
            _SIGNED,
        ),
    ]
    return Form(
        _TITLE,
        Table(_WIDTHS, tuple(rows), heading=1),
        above=(
            f"评价计划名称：{session['plan']}",
            f"评价机构名称：{session['institution_name']}（{session['institution']}）",
            f"评价地点：{session['place']}",
            f"开始时间：{_moment(session['starts_at'])}",
            *(f"考评项目：{Job.of_json(job).zh}" for job in session["jobs"]),
            f"记录人：{told['made_by']}    记录时间：{_moment(told['made_at'])}",
        ),
        below=tuple(_proof(given)),
    )


def _person(one: dict[str, Any]) -> Iterator[str]:
    yield ROLE_NAMES[Role(one["role"])][0]
    yield one["name"]
    yield "" if one["card"] is None else one["card"]["number"]
    yield "是" if one["is_planned"] else "否"
    yield "未到" if one["came_at"] is None else _moment(one["came_at"])[-5:]
    if one["card"] is None:
        yield "未出示证卡" if Role(one["role"]).kinds and one["came_at"] is not None else ""
    elif one["came_at"] is None:
        yield ""
    else:
        yield "不是持证人本人" if one["card"]["is_holder"] is False else word_of_card(one["card"]["verdict"])[0]


def _proof(given: SignedRecord) -> Iterator[str]:
    yield f"本记录的摘要已记入登记日志第 {given.proof.seq} 条，由日志签名证明，可用记录文件（JSON）核对。"
    yield f"日志共 {given.head.size} 条时的根：{given.head.root}"
    yield f"签名密钥 {given.head.kid}，签名时间 {_moment(given.head.at)}，登记地址 https://{given.head.host}/"


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
