from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from service import effects, settings
from service.domain.card_number import CardNumber
from service.flows.cards.print_cards import card_text
from service.flows.register import open_register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from tests.cli.desk import COLLEGE, FACTORY, PASSPHRASE, SCHOOL, Desk, assessor, internal, supervisor
from tests.flows.office import CHEAP

LONG_NAME = "重庆市渝北区某某国际智能制造与现代服务业职业技能培训学校"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk whose register has three institutions and batch 1: two assessors, an external, two internal supervisors.

    Nobody works at it: tests take a copy.
    """
    desk = Desk(tmp_path_factory.mktemp("desk"))
    real = effects.real()
    chosen = settings.load({"ZHENGKA_PASSPHRASE": PASSPHRASE}, desk.data)
    set_up(chosen, real, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=CHEAP)
    (desk.data / "passphrase").write_text(PASSPHRASE + "\n")
    desk.done("contact", "set", "023-12345678")
    desk.done("authority", "add", "渝北区人社局")
    desk.done("institution", "add", SCHOOL, "S", "重庆市某某职业技能培训学校", "--authority", "渝北区人社局")
    desk.done("institution", "add", FACTORY, "Y", "重庆市某某机械集团")
    desk.done("institution", "add", COLLEGE, "S", LONG_NAME)
    answer = desk.issue(
        assessor("张伟", 101),
        assessor("王䶮", 103),
        supervisor("迪丽热巴·迪力木拉提", 104),
        internal("李四", 105),
        internal("冯十", 109, 机构代码=COLLEGE),
        assessor("赵六", 107, 理论成绩=55),
    )
    assert answer.code == 0, answer
    (desk.folder / "issued.json").write_text(answer.out, "utf-8")
    with open_register(chosen, real) as register:
        numbers = [row["number"] for row in answer.json["issued"]]
        texts = {number: card_text(register, CardNumber(number)) for number in numbers}
    (desk.folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    return desk


@pytest.fixture
def desk(made: Desk, tmp_path: Path) -> Desk:
    """A desk of the test's own."""
    folder = tmp_path / "desk"
    shutil.copytree(made.folder, folder)
    return Desk(folder)
