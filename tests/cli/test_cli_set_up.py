"""``init``, ``institution``, and what every command says of a folder, a passphrase or a variable that will not do."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from tests.cli.desk import PASSPHRASE, REVIEWED, SCHOOL, TODAY, Desk


def test_a_register_is_made_with_a_random_passphrase(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    told = desk.done("init", "--json").json
    assert told == {
        "root_fingerprint": told["root_fingerprint"],
        "root_file": str(desk.data / "root.sealed"),
        "passphrase_file": str(desk.data / "passphrase"),
        "root_passphrase_file": str(desk.data / "root.passphrase"),
        "jurisdiction": "重庆市",
        "host": "zk.example.cn",
        "user": "admin",
        "password": told["password"],
    }
    assert re.fullmatch(r"([a-z2-7]{5}-){3}[a-z2-7]{5}", told["password"])
    assert len(bytes.fromhex(told["root_fingerprint"])) == 32
    for name in ("passphrase", "root.passphrase", "root.sealed", "vault.sealed"):
        assert stat.S_IMODE((desk.data / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.data.stat().st_mode) == 0o700, "names and photographs in it are not encrypted"
    assert desk.run("init").refusal == "register-exists"
    assert desk.done("keys", "list", "--json").json


def test_a_given_passphrase_is_not_written_down(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    given = {"ZHENGKA_PASSPHRASE": PASSPHRASE, "ZHENGKA_ROOT_PASSPHRASE": PASSPHRASE[::-1]}
    answer = desk.run("init", "--host", "zk.cq.cn", **given)
    assert answer.code == 0
    assert "zk.cq.cn" in answer.out
    assert PASSPHRASE not in answer.out + answer.err
    assert not (desk.data / "passphrase").exists()
    assert not (desk.data / "root.passphrase").exists()
    assert desk.run("keys", "rotate", "head", **given).code == 0


def test_one_passphrase_for_vault_and_root_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    answer = desk.run("init", ZHENGKA_PASSPHRASE=PASSPHRASE, ZHENGKA_ROOT_PASSPHRASE=PASSPHRASE)
    assert answer.refusal == "passphrase-shared"
    assert not desk.data.exists()


def test_another_province_is_a_configuration(tmp_path: Path) -> None:
    """督附3 表2: 江西 36."""
    desk = Desk(tmp_path)
    assert desk.done("init", "--jurisdiction", "jiangxi", "--json").json["jurisdiction"] == "江西省"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--jurisdiction", "atlantis"], "jurisdiction-unknown"),
        (["--jurisdiction", "../chongqing"], "jurisdiction-unknown"),
        (["--jurisdiction", "text.json"], "jurisdiction-invalid"),
        (["--jurisdiction", "gbk.json"], "jurisdiction-invalid"),
        (["--host", "UPPER.example"], "host-malformed"),
        (["--host", "a" * 40 + ".cn"], "host-malformed"),
    ],
)
def test_a_register_that_cannot_be_is_not_begun(
    tmp_path: Path, words: list[str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.json").write_text("hello")
    (tmp_path / "gbk.json").write_bytes('{"key": "重庆"}'.encode("gbk"))
    desk = Desk(tmp_path)
    assert desk.run("init", *words).refusal == code
    assert not desk.data.exists()


def test_institutions_are_entered_once_and_listed(desk: Desk) -> None:
    one = {"code": "500901", "letter": "H", "name": "重庆市餐饮行业技能评价中心"}
    nothing = dict.fromkeys(("authority", "printing_unit", "area", "closed_on"))
    one = {**one, **nothing, "jobs": [], "changes": []}
    assert desk.done("institution", "add", "500901", "h", f" {one['name']} ", "--json").json == one
    assert one in desk.done("institution", "list", "--json").json
    assert "重庆市餐饮行业技能评价中心" in desk.done("institution", "list").out
    assert desk.run("institution", "add", "500901", "S", "x").refusal == "institution-taken"


@pytest.mark.parametrize(
    ("words", "code"),
    [(["50012", "S", "x"], "institution-code"), (["500124", "Y", " "], "request-invalid")],
)
def test_an_institution_that_cannot_be_is_refused(made: Desk, words: list[str], code: str) -> None:
    """督附3: six digits."""
    assert made.run("institution", "add", *words).refusal == code


def test_an_institution_needs_a_letter_of_the_table(made: Desk) -> None:
    """督附3 表4: H, Y, S."""
    assert made.run("institution", "add", "500124", "Q", "x").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["serve"],
        ["institution", "list"],
        ["institution", "add", "500124", "S", "x"],
        ["print", "--batch", "1", "--out", "a.pdf"],
        ["numbers", "list"],
        ["numbers", "reserve", "R5026", "5", "6", "--reason", "x"],
        ["revoke", "R50260001", "--ground", "督§19(1)", "--reason", "x", "--decided-by", "y"],
        ["replace", "R50260001", "--reason", "lost"],
        ["void", "R50260001", "--reason", "x"],
        ["keys", "list"],
        ["keys", "rotate", "head"],
        ["keys", "retire", "00"],
        ["keys", "compromise", "00"],
        ["keys", "export", "--out", "k"],
        ["audit", "verify"],
        ["audit", "head"],
        ["audit", "proof", "0"],
        ["audit", "export", "--out", "j"],
        ["backup", "--out", "b"],
        ["bundle", "--out", "b"],
        ["verify", "hello"],
    ],
    ids=" ".join,
)
def test_every_command_says_where_there_is_no_register(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = Desk(tmp_path).run(*words)
    assert answer.refusal == "no-register"
    assert answer.err.startswith(f"{tmp_path / 'data'} 中没有登记库")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("env", "code"),
    [
        ({"ZHENGKA_DATABASE_URL": "foo"}, "setting-invalid"),
        ({"ZHENGKA_DATABASE_URL": "mysql://u:geheim@h/x"}, "database-url-unsupported"),
        ({"ZHENGKA_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "database-unreachable"),
        ({"ZHENGKA_DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/x"}, "database-unreachable"),
        ({"ZHENGKA_PASSPHRASE": "a", "ZHENGKA_PASSPHRASE_FILE": "b"}, "setting-invalid"),
        ({"ZHENGKA_PASSPHRASE_FILE": "/nowhere"}, "setting-invalid"),
        ({"ZHENGKA_TRUSTED_PROXIES": "geheim"}, "setting-invalid"),
        ({"ZHENGKA_FONTS": "/nowhere"}, "setting-invalid"),
    ],
    ids=str,
)
def test_a_variable_that_will_not_do_is_named(made: Desk, env: dict[str, str], code: str) -> None:
    answer = made.run("institution", "list", **env)
    assert answer.refusal == code
    assert "u:geheim" not in answer.err
    if code == "setting-invalid":
        assert any(variable in answer.err for variable in env)


@pytest.mark.parametrize("address", ["9464", "127.0.0.1", "127.0.0.1:", ":9464", "127.0.0.1:0", "127.0.0.1:65536"])
def test_an_address_for_metrics_has_host_and_port(made: Desk, address: str) -> None:
    answer = made.run("serve", "--metrics", address)
    assert answer.code == 2
    assert address in answer.err


def test_a_wrong_passphrase_issues_nothing(desk: Desk) -> None:
    (desk.data / "passphrase").write_text("wrong")
    issue = ["issue", desk.path("roster.xlsx"), "--photos", desk.path("photos"), *REVIEWED]
    answer = desk.run(*issue)
    assert answer.refusal == "wrong-passphrase"
    (desk.data / "passphrase").unlink()
    answer = desk.run(*issue, "--json")
    assert json.loads(answer.err)["error"]["code"] == "no-passphrase"
    assert answer.out == ""


def test_what_is_filed_of_an_institution_is_changed_with_day_and_reason(desk: Desk) -> None:
    """督附3, 督§12(1)2, 督附5."""
    reason = ("--reason", "渝北人社函〔2026〕3号")
    assert desk.run("institution", "edit", SCHOOL, "--name", "新名学校").code == 2, "a reason is mandatory"
    edited = desk.done(
        "institution", "edit", SCHOOL, "--name", "新名学校", "--printing-unit", "某印务公司", *reason, "--json"
    ).json
    assert (edited["name"], edited["printing_unit"], edited["letter"]) == ("新名学校", "某印务公司", "S")
    assert [(one["fact"], one["value"], one["reason"]) for one in edited["changes"]] == [
        ("name", "新名学校", reason[1]),
        ("printing_unit", "某印务公司", reason[1]),
    ]
    assert desk.run("institution", "edit", SCHOOL, "--letter", "Y", *reason).refusal == "institution-letter-used"
    assert desk.run("institution", "edit", SCHOOL, "--authority", "渝北人社", *reason).refusal == "authority-unknown"
    cleared = desk.done("institution", "edit", SCHOOL, "--clear", "printing_unit", *reason, "--json").json
    assert cleared["printing_unit"] is None
    filed = desk.done(
        "institution", "file", SCHOOL, "--job", "电工", "--job", "焊工", "--level", "5,4", "--level", "3", "--json"
    ).json
    levels = ["5", "4", "3"]
    assert filed["jobs"] == [{"occupation": "焊工", "levels": levels}, {"occupation": "电工", "levels": levels}]
    assert desk.run("institution", "file", SCHOOL, "--job", "电工", "--level", "3").refusal == "filing-reason"
    assert desk.run("institution", "file", SCHOOL, "--job", "铣工", *reason).refusal == "filing-levels"
    assert "焊工" not in desk.done("institution", "file", SCHOOL, "--job", "焊工", *reason).out
    closed = desk.done("institution", "close", SCHOOL, *reason, "--json").json
    assert closed["closed_on"] == f"{TODAY}"
    assert desk.run("institution", "close", SCHOOL, *reason).refusal == "institution-closed"
    assert "渝北人社函" in desk.done("institution", "list", SCHOOL).out
    assert desk.done("institution", "reopen", SCHOOL, *reason, "--json").json["closed_on"] is None
    assert desk.run("institution", "reopen", SCHOOL, *reason).refusal == "institution-open"
    assert desk.run("institution", "reopen", "999999", *reason).refusal == "no-such-institution"


def test_the_catalogue_is_listed_and_grows_by_a_file(desk: Desk) -> None:
    """A later edition without a new release; a code keeps its name."""
    (one,) = desk.done("occupations", "list", "消防设施操作员", "--json").json
    assert one == {"code": "4-07-05-03", "name": "消防设施操作员"}
    assert len(desk.done("occupations", "list", "--json").json) == 1632
    file = desk.folder / "more.csv"
    file.write_text("code,name\n4-07-05-03,消防设施操作员\n4-14-02-99,健康照护评估师\n", "utf-8")
    assert desk.done("occupations", "import", str(file), "--json").json == {
        "added": {"4-14-02-99": "健康照护评估师"},
        "known": 1,
    }
    assert "健康照护评估师" in desk.done("occupations", "list", "4-14-02-99").out
    file.write_text("code,name\n4-07-05-03,消防员\n4-14-02-98,另一个\n", "utf-8")
    refused = desk.run("occupations", "import", str(file))
    assert refused.refusal == "catalogue-conflict"
    assert "“消防设施操作员”，不能改为“消防员”" in refused.err
    assert desk.done("occupations", "list", "4-14-02-98", "--json").json == []
