"""Draw the sample cards four to an A4 sheet, front and back, with other people's tools."""

from __future__ import annotations

import html
import json
from pathlib import Path

from tests.bench.sample import PRINTER, TITLE, BenchCard

FONTS = Path(__file__).parents[2] / "fonts"
PLACES = ((22.0, 35.5), (108.0, 35.5), (22.0, 151.5), (108.0, 151.5))  # mm, top left of each card
NAVY = (27, 54, 102)


def draw_typst(cards: list[BenchCard], folder: Path) -> int:
    """One document; the text size, leading and sizes are those of the card."""
    import typst  # noqa: PLC0415 - a contestant's cost of import is not another's

    data = [
        {"number": c.number, "fields": c.fields, "photo": f"{c.number}.jpg", "qr": f"{c.number}.png"} for c in cards
    ]
    (folder / "cards.json").write_text(json.dumps(data, ensure_ascii=False))
    source = folder / "cards.typ"
    source.write_text(_TYPST % (*TITLE, *TITLE, PRINTER))
    return len(typst.compile(str(source), font_paths=[str(FONTS)], ignore_system_fonts=True))


_TYPST = """
#set page(width: 210mm, height: 297mm, margin: 0mm)
#set text(font: "Noto Sans SC", size: 12pt)
#let cards = json("cards.json")
#let places = ((22mm, 35.5mm), (108mm, 35.5mm), (22mm, 151.5mm), (108mm, 151.5mm))
#let head = {
  place(dx: -3mm, dy: -3mm, rect(width: 86mm, height: 15mm, fill: rgb(27, 54, 102)))
  place(dx: -3mm, dy: 106mm, rect(width: 86mm, height: 7mm, fill: rgb(27, 54, 102)))
}
#let lines(y, items, size, weight, lead) = for (i, t) in items.enumerate() {
  place(dy: y + i * lead, box(width: 80mm, align(center, text(size: size, weight: weight, t))))
}
#let front(c) = {
  head
  lines(15mm, ("%s", "%s"), 16pt, 700, 24pt)
  for (i, f) in c.fields.enumerate() { place(dx: 5mm, dy: 36mm + i * 22pt, text(f.at(0) + "：" + f.at(1))) }
  place(dx: 50mm, dy: 33mm, image(c.photo, width: 25mm, height: 35mm))
}
#let back(c) = {
  head
  lines(15mm, ("%s", "%s"), 16pt, 700, 24pt)
  place(dx: 22mm, dy: 40mm, image(c.qr, width: 36mm, height: 36mm))
  lines(90mm, ("%s",), 12pt, 700, 24pt)
}
#for start in range(0, cards.len(), step: 4) {
  let group = cards.slice(start, calc.min(start + 4, cards.len()))
  for side in (front, back) {
    page({ for (i, c) in group.enumerate() { place(dx: places.at(i).at(0), dy: places.at(i).at(1), side(c)) } })
  }
}
"""


def draw_fpdf2(cards: list[BenchCard], folder: Path) -> int:
    """One document; fonts are subset by the library."""
    from fpdf import FPDF  # noqa: PLC0415

    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.add_font("sc", "", FONTS / "noto-sans-sc" / "NotoSansSC-Regular.ttf")
    pdf.add_font("sc", "B", FONTS / "noto-sans-sc" / "NotoSansSC-Bold.ttf")

    def head(x: float, y: float) -> None:
        pdf.set_fill_color(*NAVY)
        pdf.rect(x - 3, y - 3, 86, 15, style="F")
        pdf.rect(x - 3, y + 106, 86, 7, style="F")
        centred(x, y + 18, TITLE, 16, 24)

    def centred(x: float, y: float, lines: tuple[str, ...], size: int, leading: int) -> None:
        pdf.set_font("sc", "B", size)
        for index, line in enumerate(lines):
            pdf.text(x + 40 - pdf.get_string_width(line) / 2, y + index * leading * 25.4 / 72, line)

    for start in range(0, len(cards), 4):
        group = cards[start : start + 4]
        pdf.add_page()
        for card, (x, y) in zip(group, PLACES, strict=False):
            head(x, y)
            pdf.set_font("sc", "", 12)
            for index, (label, value) in enumerate(card.fields):
                pdf.text(x + 5, y + 38 + index * 22 * 25.4 / 72, f"{label}：{value}")
            pdf.image(str(folder / f"{card.number}.jpg"), x + 50, y + 33, 25, 35)
        pdf.add_page()
        for card, (x, y) in zip(group, PLACES, strict=False):
            head(x, y)
            pdf.image(str(folder / f"{card.number}.png"), x + 22, y + 40, 36, 36)
            centred(x, y + 94, (PRINTER,), 12, 24)
    return len(pdf.output())


def draw_weasyprint(cards: list[BenchCard], folder: Path) -> int:
    """One HTML document with absolute places."""
    from weasyprint import HTML  # noqa: PLC0415

    def side(card: BenchCard, place: tuple[float, float], *, front: bool) -> str:
        title = "".join(
            f'<p class="t" style="top:{15 + i * 24 * 25.4 / 72}mm">{line}</p>' for i, line in enumerate(TITLE)
        )
        if front:
            body = "".join(
                f'<p class="b" style="top:{34 + i * 22 * 25.4 / 72}mm">{label}：{html.escape(value)}</p>'
                for i, (label, value) in enumerate(card.fields)
            )
            body += f'<img class="p" src="{card.number}.jpg">'
        else:
            body = f'<img class="q" src="{card.number}.png"><p class="u">{PRINTER}</p>'
        return (
            f'<div class="c" style="left:{place[0]}mm;top:{place[1]}mm"><div class="h"></div><div class="f"></div>'
            f"{title}{body}</div>"
        )

    pages = []
    for start in range(0, len(cards), 4):
        group = list(zip(cards[start : start + 4], PLACES, strict=False))
        pages.extend(
            '<div class="s">' + "".join(side(card, place, front=front) for card, place in group) + "</div>"
            for front in (True, False)
        )
    regular, bold = ((FONTS / "noto-sans-sc" / f"NotoSansSC-{weight}.ttf").as_uri() for weight in ("Regular", "Bold"))
    style = (
        f"@font-face{{font-family:sc;src:url({regular})}}"
        f"@font-face{{font-family:sc;font-weight:bold;src:url({bold})}}"
        "@page{size:A4;margin:0}p{margin:0;position:absolute;line-height:1}"
        ".s{position:relative;width:210mm;height:297mm;page-break-after:always;font:12pt sc}"
        ".c,.h,.f,img{position:absolute}.c{width:80mm;height:110mm}"
        ".h{left:-3mm;top:-3mm;width:86mm;height:15mm;background:#1b3666}"
        ".f{left:-3mm;top:106mm;width:86mm;height:7mm;background:#1b3666}"
        ".t{width:80mm;text-align:center;font:bold 16pt sc}.b{left:5mm}"
        ".p{left:50mm;top:33mm;width:25mm;height:35mm}.q{left:22mm;top:40mm;width:36mm;height:36mm}"
        ".u{top:92mm;width:80mm;text-align:center;font-weight:bold}"
    )
    document = f"<html><head><style>{style}</style></head><body>{''.join(pages)}</body></html>"
    return len(HTML(string=document, base_url=str(folder)).write_pdf())
