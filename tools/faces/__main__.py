"""``python -m tools.faces FOLDER``: paint the twelve portraits that the demonstration lends to its people."""

from __future__ import annotations

import sys
from pathlib import Path

from service.demo.faces import AGES, file_name
from service.domain.kinds import Sex
from tools.faces import portrait

if __name__ == "__main__":
    for sex in Sex:
        for index, age in enumerate(AGES):
            Path(sys.argv[1], file_name(sex, age)).write_bytes(
                portrait((100 if sex is Sex.FEMALE else 215) + index, sex, age)
            )
