"""Keys on a token: the same signatures as from a file, through pulling, lost sessions, forks and wrong PINs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, AttributeSensitive, ObjectClass

from keys.document import KeyDocument, sign_document
from keys.errors import (
    KeyHeldAlready,
    KeyNotHeld,
    TokenAbsent,
    TokenAddressInvalid,
    TokenLastTry,
    TokenLocked,
    TokenPinWrong,
    TokenUnusable,
)
from keys.signer import Signer
from keys.suites import ED25519
from keys.token_address import PinTries, parse_token_address, token_at
from keys.token_library import library_of
from keys.token_objects import check_tries, public_of_point
from tests.tokens.softhsm import LIBRARY, PIN, Stick, Sticks, run

PRIVATE = bytes(range(32))
SIGNER = Signer.from_private(PRIVATE)
MESSAGES = (b"", b"\x00", b"zhengka" * 999)


def test_an_imported_key_signs_byte_for_byte_as_its_file_does(stick: Stick) -> None:
    copied = stick.token().put(PRIVATE, "root", b"\x01")
    assert copied.public == SIGNER.public
    assert copied.kid == SIGNER.kid
    assert [copied.sign(one) for one in MESSAGES] == [SIGNER.sign(one) for one in MESSAGES]
    document = KeyDocument(1, 1, 2, ("zk.example.gov.cn",), ())
    assert sign_document(document, copied) == sign_document(document, SIGNER)


def test_a_key_imported_with_the_tokens_own_tool_is_found_too(stick: Stick, tmp_path: Path) -> None:
    pem = Ed25519PrivateKey.from_private_bytes(PRIVATE).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "k.pem").write_bytes(pem)
    run("--import", str(tmp_path / "k.pem"), "--token", stick.label, "--label", "mine", "--id", "a1", "--pin", PIN)
    assert stick.token().signer(SIGNER.public).sign(b"x") == SIGNER.sign(b"x")
    assert stick.token().state().keys == (("mine", SIGNER.public),)


def test_a_key_made_on_the_token_signs_and_is_never_shown(stick: Stick) -> None:
    made = stick.token().make("zhengka card/1", b"\x02")
    assert ED25519.load_public(made.public)(made.sign(b"x"), b"x")
    token = library_of(stick.address).find(stick.address)
    (private,) = token.open().get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
    assert private[Attribute.SENSITIVE]
    assert not private[Attribute.EXTRACTABLE]
    with pytest.raises(AttributeSensitive):
        _ = private[Attribute.VALUE]


def test_a_key_is_put_once_and_is_gone_when_deleted(stick: Stick) -> None:
    token = stick.token()
    signer = token.put(PRIVATE, "root", b"\x01")
    with pytest.raises(KeyHeldAlready):
        token.put(PRIVATE, "root", b"\x02")
    token.delete(SIGNER.public)
    assert token.state().keys == ()
    for use in (lambda: signer.sign(b"x"), lambda: token.delete(SIGNER.public)):
        with pytest.raises(KeyNotHeld):
            use()


def test_a_token_that_was_pulled_signs_again_when_it_is_back(stick: Stick) -> None:
    signer = stick.token().put(PRIVATE, "root", b"\x01")
    for _ in range(2):
        with stick.pulled():
            for use in (lambda: signer.sign(b"x"), stick.token().unlock, stick.token().state):
                with pytest.raises(TokenAbsent, match=stick.label):
                    use()
        assert signer.sign(b"x") == SIGNER.sign(b"x")


def test_a_lost_session_is_made_anew(stick: Stick, sticks: Sticks) -> None:
    other = sticks()
    first, second = stick.token().put(PRIVATE, "root", b"\x01"), other.token().put(PRIVATE, "root", b"\x01")
    library_of(stick.address).start_anew()
    assert first.sign(b"x") == second.sign(b"x") == SIGNER.sign(b"x")


def test_a_wrong_pin_is_sent_once_and_the_tries_are_told(stick: Stick) -> None:
    stick.token().put(PRIVATE, "root", b"\x01")
    library_of(stick.address).start_anew()  # logs out
    asked: list[str] = []

    def pin() -> bytes:
        asked.append("")
        return b"000000"

    token = token_at(stick.address, pin)
    for _ in range(3):
        with pytest.raises(TokenPinWrong, match="more than one try is left") as refused:
            token.signer(SIGNER.public)
        assert "000000" not in str(refused.value)
    assert len(asked) == 1
    assert token.state().tries is PinTries.FEWER
    stick.token().unlock()
    assert token.state().tries is PinTries.ALL


def test_no_program_uses_the_last_try_up() -> None:
    check_tries("stick", PinTries.FEWER, typed=False)
    check_tries("stick", PinTries.ONE, typed=True)
    with pytest.raises(TokenLastTry):
        check_tries("stick", PinTries.ONE, typed=False)
    with pytest.raises(TokenLocked):
        check_tries("stick", PinTries.NONE, typed=True)


SIGNING = """
import os, sys
from keys.token_address import parse_token_address, token_at
signer = token_at(parse_token_address(sys.argv[1]), sys.argv[2].encode).signer(bytes.fromhex(sys.argv[3]))
for _ in range(40):
    print(signer.sign(b"x").hex())
sys.stdout.flush()
child = os.fork()
if not child:
    print(signer.sign(b"x").hex(), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(signer.sign(b"x").hex())
"""


def test_processes_and_their_forks_share_a_token(stick: Stick) -> None:
    signer = stick.token().put(PRIVATE, "root", b"\x01")
    words = [sys.executable, "-W", "ignore", "-c", SIGNING, stick.uri, PIN, SIGNER.public.hex()]
    others = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ) for _ in range(2)]
    expected = SIGNER.sign(b"x")
    assert all(signer.sign(b"x") == expected for _ in range(40))
    for other in others:
        out, _ = other.communicate(timeout=60)
        assert out.split() == [expected.hex()] * 42


def test_which_of_two_tokens_of_one_name_is_meant_is_asked(stick: Stick) -> None:
    run("--init-token", "--free", "--label", stick.label, "--pin", PIN, "--so-pin", "11111111")
    with pytest.raises(TokenAddressInvalid, match="serial"):
        stick.token().unlock()


@pytest.mark.parametrize(
    ("path", "said"), [("/nowhere/p11.so", "is not there"), (str(Path(__file__)), "cannot be loaded")]
)
def test_a_library_that_is_none_is_told(path: str, said: str) -> None:
    with pytest.raises(TokenUnusable, match=said):
        token_at(parse_token_address(f"pkcs11:token=x?module-path={path}"), PIN.encode).unlock()


@pytest.mark.parametrize("head", ["", "0420", "032100"])
def test_every_encoding_of_a_public_key_on_a_token_is_read(head: str) -> None:
    assert public_of_point(bytes.fromhex(head) + SIGNER.public) == SIGNER.public
    assert public_of_point(bytes.fromhex(head) + SIGNER.public[1:]) is None


@pytest.mark.parametrize(
    "text",
    [
        "softhsm",
        "pkcs11:token=a",
        f"pkcs11:?module-path={LIBRARY}",
        "pkcs11:token=a?module-path=relative.so",
        f"pkcs11:token=a;token=b?module-path={LIBRARY}",
        f"pkcs11:token=a;object=b?module-path={LIBRARY}",
        f"pkcs11:token=%ff?module-path={LIBRARY}",
        f"pkcs11:token=a?module-path={LIBRARY}&pin-value=493817",
        f"pkcs11:token=a?module-path={LIBRARY}&pin-source=file:/p",
    ],
)
def test_an_address_that_names_no_token_or_holds_a_pin_is_refused(text: str) -> None:
    with pytest.raises(TokenAddressInvalid) as refused:
        parse_token_address(text)
    assert PIN not in str(refused.value)


def test_an_address_is_written_as_it_is_read() -> None:
    text = f"pkcs11:token=%E6%A0%B9%20a;serial=07522e41?module-path={LIBRARY}"
    address = parse_token_address(text)
    assert (address.label, address.serial) == ("根 a", "07522e41")
    assert str(address) == text
