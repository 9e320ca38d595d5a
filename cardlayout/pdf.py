"""Write a PDF 1.7 file object by object (ISO 32000-1), keeping only offsets in memory.

Nothing in the file depends on the clock or on chance: the same calls give the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Final

from cardlayout.geometry import Matrix, Rect, pt

_HEADER: Final = b"%PDF-1.7\n%\xe5\x8d\xa1\xe7\x89\x87\n"  # 7.5.2: four bytes over 127 mark the file as binary
_KIDS: Final = 64  # pages a node of the page tree, so that no viewer walks one list of thousands
_COMPRESSION: Final = 6


@lru_cache(maxsize=8192)
def num(value: float) -> str:
    """Format a number to a thousandth of a point (7.3.3: no exponent); remembered, for cards stand on one grid."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def nums(values: Iterable[float]) -> str:
    """Format numbers with spaces between them."""
    return " ".join(map(num, values))


def cm(matrix: Matrix) -> str:
    """Format the operator that applies a matrix."""
    return nums(matrix) + " cm"


def corner_points(rect: Rect, page: Rect) -> str:
    """Format a rectangle on a page by its lower left and upper right corners, points."""
    return nums((pt(rect.x), pt(page.height - rect.bottom), pt(rect.right), pt(page.height - rect.y)))


def text_string(text: str) -> str:
    """Format a text string (7.9.2.2): UTF-16BE with its byte order mark, in hexadecimal."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An outline entry: its title, the page it opens and what is shown of that page, points."""

    title: str
    page: int
    view: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file says about itself; `catalog` holds further entries of the document catalogue."""

    title: str
    subject: str
    language: str
    catalog: str


class PdfWriter:
    """Writes objects to a binary stream as they come; `close` adds page tree, outline, cross references and trailer.

    Object references are plain object numbers; every object has generation 0.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._position = 0
        self._offsets: list[int] = []  # by object number, from 1
        self._digest = hashlib.sha256()
        self._catalog = self.reserve()
        self._tree = self.reserve()
        self._nodes: list[tuple[int, list[int]]] = []  # page tree node and its pages
        self._bookmarks: list[Bookmark] = []
        self._put(_HEADER)

    def reserve(self) -> int:
        """Take the next object number for an object written later."""
        self._offsets.append(0)
        return len(self._offsets)

    def write(self, number: int, body: str) -> None:
        """Write the object that has this number."""
        self._begin(number)
        data = body.encode("ascii")
        self._digest.update(data)
        self._put(b"%s\nendobj\n" % data)

    def add(self, body: str) -> int:
        """Write a new object and return its number."""
        number = self.reserve()
        self.write(number, body)
        return number

    def add_stream(self, data: bytes, entries: str = "", *, packed: bool = True, number: int | None = None) -> int:
        """Write a stream object, deflated where `packed`; `entries` are added to its dictionary."""
        if packed:
            data = zlib.compress(data, _COMPRESSION)
            entries += "/Filter/FlateDecode"
        self._digest.update(data)
        return self._stream(data, entries, self.reserve() if number is None else number)

    def add_image(self, data: bytes, digest: bytes, entries: str) -> int:
        """Write an encoded image as it is; `digest` stands for its bytes in the file identifier."""
        self._digest.update(digest)
        return self._stream(data, entries, self.reserve())

    def add_page(self, entries: str, content: bytes) -> int:
        """Write a page and its content; `entries` are boxes and resources."""
        if not self._nodes or len(self._nodes[-1][1]) == _KIDS:
            self._nodes.append((self.reserve(), []))
        node, pages = self._nodes[-1]
        stream = self.add_stream(content)
        page = self.add(f"<</Type/Page/Parent {node} 0 R{entries}/Contents {stream} 0 R>>")
        pages.append(page)
        return page

    def bookmark(self, title: str, page: int, view: str) -> None:
        """Add an outline entry that opens `page` at `view` (a destination without the page, 12.3.2.2)."""
        self._bookmarks.append(Bookmark(title, page, view))

    def close(self, stamp: Stamp) -> None:
        """Write all that refers to the whole file. The stream stays open."""
        count = self._write_tree()
        outline = self._write_outline()
        self.write(
            self._catalog,
            f"<</Type/Catalog/Pages {self._tree} 0 R/Lang{text_string(stamp.language)}{outline}{stamp.catalog}>>",
        )
        info = self.add(
            f"<</Title{text_string(stamp.title)}/Subject{text_string(stamp.subject)}/Producer(zhengka cardlayout)>>"
        )
        self._digest.update(b"%d" % count)
        start = self._position
        rows = b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets)
        size = len(self._offsets) + 1
        self._put(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows))
        name = self._digest.hexdigest()[:32]
        trailer = f"<</Size {size}/Root {self._catalog} 0 R/Info {info} 0 R/ID[<{name}><{name}>]>>"
        self._put(b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer.encode("ascii"), start))

    def _write_tree(self) -> int:
        kids = " ".join(f"{node} 0 R" for node, _ in self._nodes)
        count = sum(len(pages) for _, pages in self._nodes)
        for node, pages in self._nodes:
            inner = " ".join(f"{page} 0 R" for page in pages)
            self.write(node, f"<</Type/Pages/Parent {self._tree} 0 R/Count {len(pages)}/Kids[{inner}]>>")
        self.write(self._tree, f"<</Type/Pages/Count {count}/Kids[{kids}]>>")
        return count

    def _write_outline(self) -> str:
        if not self._bookmarks:
            return ""
        root = self.reserve()
        numbers = [self.reserve() for _ in self._bookmarks]
        last = len(numbers) - 1
        for index, (number, mark) in enumerate(zip(numbers, self._bookmarks, strict=True)):
            before = f"/Prev {numbers[index - 1]} 0 R" if index else ""
            after = f"/Next {numbers[index + 1]} 0 R" if index < last else ""
            target = f"/Dest[{mark.page} 0 R{mark.view}]"
            self.write(number, f"<</Title{text_string(mark.title)}/Parent {root} 0 R{before}{after}{target}>>")
        self.write(root, f"<</Type/Outlines/First {numbers[0]} 0 R/Last {numbers[-1]} 0 R/Count {len(numbers)}>>")
        return f"/Outlines {root} 0 R"

    def _stream(self, data: bytes, entries: str, number: int) -> int:
        self._begin(number)
        header = f"<<{entries}/Length {len(data)}>>".encode("ascii")
        self._digest.update(header)
        self._put(b"%s\nstream\n" % header)
        self._put(data)
        self._put(b"\nendstream\nendobj\n")
        return number

    def _begin(self, number: int) -> None:
        self._offsets[number - 1] = self._position
        self._put(b"%d 0 obj\n" % number)

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._position += len(data)
