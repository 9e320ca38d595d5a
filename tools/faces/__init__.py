"""Portraits of people who do not exist, drawn by program, for the demonstration and its tests."""

from __future__ import annotations

from io import BytesIO

from service.domain.kinds import Sex
from tools.faces.canvas import Canvas, backdrop
from tools.faces.clothes import paint_clothes
from tools.faces.features import paint_features
from tools.faces.hair import paint_back_hair, paint_front_hair
from tools.faces.head import paint_ears, paint_face, paint_glasses, paint_neck
from tools.faces.traits import traits

__all__ = ["portrait"]


def portrait(seed: int, sex: Sex, age: int) -> bytes:
    """Draw a one-inch identity photo, 413 × 579 px, as a JPEG; the same for the same arguments.

    ``age`` in full years: hair turns grey and folds deepen with it.
    """
    person = traits(seed, sex, age)
    canvas = Canvas(backdrop(person.background), person.zoom)
    paint_back_hair(canvas, person)
    paint_neck(canvas, person)
    paint_clothes(canvas, person)
    paint_ears(canvas, person)
    clip = paint_face(canvas, person)
    paint_features(canvas, person, clip)
    paint_glasses(canvas, person)
    paint_front_hair(canvas, person)
    out = BytesIO()
    canvas.finished().save(out, "JPEG", quality=92, subsampling="4:4:4")
    return out.getvalue()
