"""Forms on A4: tables with spans, laid out and drawn; what stands in them is the caller's."""
