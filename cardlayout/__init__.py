"""Draw a card on paper: geometry, text fitting, QR symbol, sheet imposition and PDF; knows no register and no rule."""
