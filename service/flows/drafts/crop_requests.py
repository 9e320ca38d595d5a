"""What is stated to cut a portrait out of a row's photograph."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Struct

from service.flows.drafts.views import Crop
from service.flows.requests.fields import described

_MOST: Final = 20_000


class CropRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the working copy, five to seven, in whole pixels after turning it clockwise by quarters."""

    x: Annotated[int, described("crop_x", ge=0, le=_MOST)]
    y: Annotated[int, described("crop_y", ge=0, le=_MOST)]
    width: Annotated[int, described("crop_width", ge=1, le=_MOST)]
    height: Annotated[int, described("crop_height", ge=1, le=_MOST)]
    turn: Annotated[int, described("crop_turn", ge=0, le=3)] = 0

    @property
    def crop(self) -> Crop:
        """The part itself."""
        return Crop(float(self.x), float(self.y), float(self.width), float(self.height), self.turn)
