"""QR Code symbols (ISO/IEC 18004:2015) for one kind of text: a prefix and many digits, at error correction level M.

Two segments, the prefix in byte mode and the digits in numeric mode, in the smallest version that holds them, under
the mask pattern with the lowest penalty. The symbol equals, module for module, what segno 1.6.6 makes of

    segno.make([(prefix, consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)], error="m", boost_error=False, micro=False)

Everything that depends on the version only is tabulated at its first use; a symbol is then a handful of array
operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardlayout.qr.codewords import data_bits, final_message, padded, smallest_version
from cardlayout.qr.layout import QUIET, layout_of
from cardlayout.qr.penalty import penalties
from cardlayout.qr.tables import data_codewords_of

__all__ = ["QUIET", "QrError", "QrTextInvalid", "QrTooLong", "Symbol", "symbol"]


class QrError(ValueError):
    """A text that no symbol can be made of; ``code`` is permanent."""

    code = "qr"


class QrTextInvalid(QrError):
    """The prefix is empty or not ASCII, or the digits are not one or more of 0–9."""

    code = "qr-text-invalid"


class QrTooLong(QrError):
    """No version holds the text at level M."""

    code = "qr-too-long"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A finished symbol, without its quiet zone of QUIET modules.

    size: modules along one side. mask: number of its mask pattern. rows: from the top, each packed eight modules
    to a byte, most significant bit first, filled with 0 to a whole byte; 1 is dark.
    """

    version: int
    size: int
    mask: int
    rows: bytes

    def modules(self) -> NDArray[np.bool_]:
        """Unpack the modules: shape (size, size), true where dark."""
        packed = np.frombuffer(self.rows, np.uint8).reshape(self.size, -1)
        return np.unpackbits(packed, axis=1, count=self.size).astype(np.bool_)


def symbol(prefix: str, digits: str) -> Symbol:
    """Encode a prefix (ASCII) and digits (ASCII 0–9), neither empty.

    Raises QrTextInvalid, or QrTooLong beyond version 40.
    """
    if not (prefix and prefix.isascii() and digits and digits.isascii() and digits.isdecimal()):
        raise QrTextInvalid("a symbol needs an ASCII prefix and one or more digits 0-9 after it")
    version = smallest_version(len(prefix), len(digits))
    if version is None:
        raise QrTooLong(f"{len(prefix)} characters and {len(digits)} digits do not fit version 40 at level M")
    bits = data_bits(version, prefix.encode("ascii"), digits)  # 7.4.1 to 7.4.8
    message = final_message(version, padded(bits, data_codewords_of(version)))  # 7.4.9 to 7.6
    plan = layout_of(version)
    # 7.7: each bit becomes a byte, the module under all eight mask patterns before masking.
    bytes_of_bits = np.append(np.unpackbits(message), np.array([0, 1], np.uint8)) * np.uint8(0xFF)
    candidates = bytes_of_bits[plan.source] ^ plan.masks  # 7.8.2
    mask = int(np.argmin(penalties(candidates)))  # 7.8.3; the first of equals
    modules = candidates[QUIET:-QUIET, : plan.size] >> np.uint8(mask) & np.uint8(1)
    modules.ravel()[plan.information_at] = plan.information[mask]  # 7.9, 7.10
    return Symbol(version, plan.size, mask, np.packbits(modules, axis=1).tobytes())
