"""All targets, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.fuzz.target import Make
from tests.fuzz.targets import credentials, documents, pictures, rosters, services

TARGETS: Final[Mapping[str, Make]] = {
    "text": credentials.text,
    "signed": credentials.signed,
    "envelope": credentials.envelope,
    "claims": credentials.claims,
    "keydocument": documents.keydocument,
    "statuslist": documents.statuslist,
    "bundle": documents.offlinebundle,
    "sealed": documents.sealed,
    "officefiles": documents.officefiles,
    "roster": rosters.roster,
    "sheet": rosters.sheet,
    "cells": rosters.cells,
    "earlier": rosters.earlier,
    "earlierlist": rosters.earlierlist,
    "photos": pictures.photos,
    "portrait": pictures.portrait,
    "scan": pictures.scan,
    "pdf": pictures.pdf,
    "backup": services.backup,
    "http": services.http,
}
