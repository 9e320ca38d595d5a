from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import make_url

from keys.sealing import KdfCost
from service import settings
from service.settings import Settings, SettingsError, load


def test_nothing_set_means_sqlite_in_the_data_folder_and_no_passphrase() -> None:
    found = load({})
    assert found == Settings(data=Path("data"), database_url="sqlite:///data/register.db")


def test_a_guess_at_a_password_costs_the_second_recommended_option_of_rfc_9106() -> None:
    assert load({}).password_cost == KdfCost(passes=3, memory_kib=65536, lanes=4)


def test_the_command_line_goes_before_the_environment(tmp_path: Path) -> None:
    assert load({"ZHENGKA_DATA": "/elsewhere"}).data == Path("/elsewhere")
    assert load({"ZHENGKA_DATA": "/elsewhere"}, tmp_path).data == tmp_path


@pytest.mark.parametrize("text", ["0", "367", "a month", "-1", "1.5"])
def test_answers_are_kept_for_days(text: str) -> None:
    assert load({"ZHENGKA_ANSWERS_KEPT_DAYS": "7"}).answers_kept == timedelta(days=7)
    with pytest.raises(SettingsError, match="ZHENGKA_ANSWERS_KEPT_DAYS"):
        load({"ZHENGKA_ANSWERS_KEPT_DAYS": text})


def test_empty_counts_as_absent() -> None:
    empty = dict.fromkeys(
        (settings.DATA, settings.DATABASE_URL, settings.PASSPHRASE, settings.PASSPHRASE_FILE, settings.FONTS), ""
    )
    assert load(empty | {settings.TRUSTED_PROXIES: " , "}) == load({})


@pytest.mark.parametrize("name", ["a?b=c", "50%", "数据 #1", "a@b:c"])
def test_a_data_folder_of_any_name_gives_the_address_of_its_register(name: str) -> None:
    url = make_url(load({}, Path("/srv") / name).database_url)
    assert url.database == f"/srv/{name}/register.db"
    assert not url.query


def test_a_database_address_is_taken_as_given() -> None:
    address = "postgresql://zhengka:p%40ss@db.example/register"
    assert load({"ZHENGKA_DATABASE_URL": address}).database_url == address


def test_a_broken_database_address_is_refused_without_quoting_it() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"ZHENGKA_DATABASE_URL": "postgresql//u:geheim@h:port/x"})
    assert caught.value.variable == "ZHENGKA_DATABASE_URL"
    assert "geheim" not in f"{caught.value} {caught.value.zh} {caught.value.en}"
    assert caught.value.__cause__ is None


def test_a_port_that_is_no_number_names_the_variable() -> None:
    with pytest.raises(SettingsError, match="ZHENGKA_DATABASE_URL"):
        load({"ZHENGKA_DATABASE_URL": "postgresql://u:p@h:geheim/x"})


def test_the_passphrase_comes_from_its_variable(tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_bytes(b"left by init\n")
    found = load({"ZHENGKA_PASSPHRASE": "口令 "}, tmp_path)
    assert (found.passphrase, found.passphrase_file) == ("口令 ".encode(), None)


@pytest.mark.parametrize("content", [b"correct horse", b"correct horse\n", b"correct horse\r\n"])
def test_one_line_end_after_the_passphrase_is_dropped(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    found = load({"ZHENGKA_PASSPHRASE_FILE": str(file)}, tmp_path)
    assert (found.passphrase, found.passphrase_file) == (b"correct horse", file)


def test_the_passphrase_may_end_in_spaces_or_hold_lines(tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_bytes(b"two \nlines \n\n")
    assert load({}, tmp_path).passphrase == b"two \nlines \n"


def test_the_file_left_in_the_data_folder_is_the_last_resort(tmp_path: Path) -> None:
    assert load({}, tmp_path).passphrase is None
    (tmp_path / "passphrase").write_bytes(b"left by init\n")
    found = load({}, tmp_path)
    assert (found.passphrase, found.passphrase_file) == (b"left by init", tmp_path / "passphrase")


def test_two_passphrases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not both"):
        load({"ZHENGKA_PASSPHRASE": "a", "ZHENGKA_PASSPHRASE_FILE": str(tmp_path / "b")})


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot read"), (b"", "is empty"), (b"\n", "is empty")])
def test_a_passphrase_file_that_says_nothing_is_refused(tmp_path: Path, content: bytes | None, reason: str) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=reason) as caught:
        load({"ZHENGKA_PASSPHRASE_FILE": str(file)})
    assert caught.value.variable == "ZHENGKA_PASSPHRASE_FILE"
    assert caught.value.code == "setting-invalid"


def test_trusted_proxies_are_addresses_and_networks() -> None:
    found = load({"ZHENGKA_TRUSTED_PROXIES": "10.0.0.5, 2001:db8::/64,"})
    assert found.trusted_proxies == (ip_network("10.0.0.5/32"), ip_network("2001:db8::/64"))


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.5/8", "10.0.0", "*"])
def test_a_proxy_that_is_no_network_is_named(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"ZHENGKA_TRUSTED_PROXIES": f"127.0.0.1,{text}"})
    assert caught.value.variable == "ZHENGKA_TRUSTED_PROXIES"
    assert text in caught.value.zh
    assert text in caught.value.en


def test_fonts_name_a_folder(tmp_path: Path) -> None:
    assert load({"ZHENGKA_FONTS": str(tmp_path)}).fonts == tmp_path
    with pytest.raises(SettingsError, match="ZHENGKA_FONTS"):
        load({"ZHENGKA_FONTS": str(tmp_path / "none")})


def test_secrets_stay_out_of_the_repr() -> None:
    found = load({"ZHENGKA_PASSPHRASE": "geheim", "ZHENGKA_DATABASE_URL": "postgresql://u:geheim@h/x"})
    assert "geheim" not in repr(found)


def test_the_root_key_has_a_passphrase_of_its_own(tmp_path: Path) -> None:
    assert load({"ZHENGKA_PASSPHRASE": "a"}, tmp_path).root_passphrase is None
    (tmp_path / "root.passphrase").write_bytes(b"left by init\n")
    found = load({"ZHENGKA_PASSPHRASE": "a"}, tmp_path)
    assert (found.root_passphrase, found.root_passphrase_file) == (b"left by init", tmp_path / "root.passphrase")
    assert load({"ZHENGKA_ROOT_PASSPHRASE": "b"}, tmp_path).root_passphrase == b"b"
    assert b"geheim" not in repr(load({"ZHENGKA_ROOT_PASSPHRASE": "geheim"})).encode()
    with pytest.raises(SettingsError, match="ZHENGKA_ROOT_PASSPHRASE"):
        load({"ZHENGKA_ROOT_PASSPHRASE": "a", "ZHENGKA_ROOT_PASSPHRASE_FILE": str(tmp_path / "b")})
