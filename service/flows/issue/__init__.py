"""Issue cards: a batch from its rows to signed cards, what is uploaded for it, and cards from before the system."""
