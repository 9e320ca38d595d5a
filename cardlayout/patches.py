"""What reportlab 5.1 gets wrong for these papers, patched in one place; each class can go once its test fails.

1. `makeToUnicodeCMap` writes a character above U+FFFF as its bare number, so that a rare name is copied as other
   characters: PatchedFont writes UTF-16BE (ISO 32000-1 9.10.3).
2. A parsed font file has one read position, shared by all documents that are saved at once: PatchedFont takes a lock.
3. `PDFDocument` keeps all objects, and then the whole file once more, in memory until it is saved: 10,000 portraits
   need over a gigabyte. StreamedDocument writes what a page is made of when the page ends.
"""

# ruff: noqa: N802 - overridden methods have reportlab's names
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any, BinaryIO, Final

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import (
    PDFCrossReferenceTable,
    PDFDocument,
    PDFFile,
    PDFFormXObject,
    PDFIndirectObject,
    PDFObjectReference,
    PDFPage,
    PDFStream,
    PDFTrailer,
)
from reportlab.pdfbase.ttfonts import TTFont

from cardlayout.fonts import FontFile

_BFCHARS: Final = 100  # entries a bfchar block may hold (Adobe technical note 5014)
_COMPLETE: Final = (PDFPage, PDFStream, PDFFormXObject)  # when the page that uses them ends
_lock = Lock()

rl_config.useA85 = 0  # streams as text would make files a quarter larger


class PatchedFont(TTFont):
    """A font whose subsets say truly which characters they show, and that several documents may save at once."""

    def addObjects(self, doc: Any) -> None:  # noqa: ANN401 - reportlab has no types
        """Add the subsets to a document that is about to be saved."""
        subsets = self.state[doc].subsets
        names = [self.getSubsetInternalName(number, doc)[1:] for number in range(len(subsets))]
        with _lock:
            super().addObjects(doc)
        for name, subset in zip(names, subsets, strict=True):
            map_name = doc.idToObject[name].ToUnicode.name
            doc.idToObject[map_name].content = to_unicode(subset)


def to_unicode(subset: Sequence[int]) -> str:
    """Write the map from the codes of a subset to its characters (9.10.3)."""
    entries = [f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)]
    blocks = [entries[at : at + _BFCHARS] for at in range(0, len(entries), _BFCHARS)]
    lines = (line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar"))
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <00> <FF> endcodespacerange",
            *lines,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    )


def register(file: FontFile) -> None:
    """Make a font file known to reportlab under its name, once a process."""
    with _lock:
        if file.name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(PatchedFont(file.name, str(file.path), asciiReadable=False))


class StreamedDocument(PDFDocument):
    """A document that writes pages, images and forms as they are finished; only the rest waits for the end.

    The file's identifier is a digest of all that was written.
    """

    def __init__(self, out: BinaryIO, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self._file = PDFFile(self._pdfVersion)
        out.write(self._file.format(self))
        self._file.write = out.write
        self._looked_at = 0

    def addPage(self, page: PDFPage) -> None:
        """Add a page and write all that it is made of."""
        super().addPage(page)
        self.Pages.pages[-1] = PDFObjectReference(page.__InternalName__)
        while self._looked_at < self.objectcounter:  # formatting a page adds its content
            self._looked_at += 1
            if isinstance(self.idToObject[self.numberToId[self._looked_at]], _COMPLETE):
                self._write(self._looked_at)

    def format(self) -> bytes:
        """Write what is left, cross references and trailer; return nothing more to be written."""
        root, info = self.Reference(self.Catalog), self.Reference(self.info)
        number = 0
        while number < self.objectcounter:  # formatting may add objects here too
            number += 1
            if self.numberToId[number] not in self.idToOffset:
                self._write(number)
        references = PDFCrossReferenceTable()
        references.addsection(0, [self.numberToId[each] for each in range(1, number + 1)])
        start = self._file.add(references.format(self))
        trailer = PDFTrailer(startxref=start, Size=number + 1, Root=root, Info=info, ID=self.ID())
        self._file.add(trailer.format(self))
        return b""

    def _write(self, number: int) -> None:
        name = self.numberToId[number]
        data = PDFIndirectObject(name, self.idToObject[name]).format(self)
        self.idToObject[name] = None
        self.updateSignature(data)
        self.idToOffset[name] = self._file.add(data)
