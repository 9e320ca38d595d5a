"""Characters of private use that old Chinese systems wrote for those which Unicode did not have then.

They are another character on every machine, so that none is folded in silence: a refusal says which one it was.
"""

from __future__ import annotations

from typing import Final

_FE50: Final = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_RUNS: Final = (
    (0xE78D, "︐︒︑︓︔︕︖︗︘︙"),
    (0xE7C7, "ḿ"),
    (0xE815, _FE50),
)
"""First code point of a run, and the characters that GB 18030-2022 has in the places where GBK had the run's."""

_STANDS_FOR: Final = {
    chr(first + offset): character for first, characters in _RUNS for offset, character in enumerate(characters)
}


def meant_by(character: str) -> str | None:
    """Return the character that one of private use stands for in GBK, None where that is not known. GB 18030-2022."""
    return _STANDS_FOR.get(character)


def is_private_use(character: str) -> bool:
    """Return True for a character of private use (Unicode, general category Co)."""
    return "\ue000" <= character <= "\uf8ff" or "\U000f0000" <= character <= "\U0010fffd"
