"""What a use case refuses, beside the refusals of the rooms it calls.

::

    Refused                    a request that cannot be carried out; nothing has been changed
    ├── NoRegister             no-register: the data folder holds none
    ├── NoPassphrase           no-passphrase: nothing gives it, and nobody can be asked
    ├── NoRootPassphrase       no-root-passphrase: likewise, of the root key
    ├── NoPin                  no-pin: likewise, of a token
    └── KeyAway                key-not-held, token-…: the key that signs is not at hand
"""

from __future__ import annotations

from collections.abc import Mapping


class Refused(ValueError):
    """A request that cannot be carried out; ``zh`` and ``en`` say what came and what was expected.

    What to do is said by the door it came through: ``parameters`` are what its remedy may name.
    """

    def __init__(self, code: str, zh: str, en: str, parameters: Mapping[str, str] | None = None) -> None:
        super().__init__(en)
        self.parameters: Mapping[str, str] = parameters or {}
        self.code = code
        self.zh = zh
        self.en = en


class NoRegister(Refused):
    """The data folder holds no register."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            "no-register",
            f"{folder} 中没有登记库",
            f"{folder} holds no register",
        )


class NoPassphrase(Refused):
    """A sealed key is needed, nothing gives the passphrase, and there is nobody to ask."""

    def __init__(self) -> None:
        super().__init__(
            "no-passphrase",
            "缺少密钥库的口令",
            "no passphrase of the vault",
        )


class NoRootPassphrase(Refused):
    """The root key is needed, nothing gives its passphrase, and there is nobody to ask."""

    def __init__(self) -> None:
        super().__init__(
            "no-root-passphrase",
            "缺少根密钥的口令",
            "no passphrase of the root key",
        )


class NoPin(Refused):
    """A key on a token is needed, nothing gives the token's PIN, and there is nobody to ask."""

    def __init__(self, token: str) -> None:
        super().__init__("no-pin", f"缺少令牌 {token} 的 PIN", f"no PIN of the token {token}")


class KeyAway(Refused):
    """The key that signs is not at hand: its token was pulled, say. The code is that of ``keys``."""


class SignInRefused(Exception):
    """Name or password is wrong, or the account is disabled: which of them is not told."""

    code = "sign-in-refused"
    zh = "用户名或密码不对"
    en = "the user name or the password is wrong"


def no_such_card(number: str) -> Refused:
    """Report that the register has no card with a number."""
    return Refused("no-such-card", f"登记库中没有证卡 {number}", f"there is no card {number} in the register")
