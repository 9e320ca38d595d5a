"""Issue cards: a batch from its rows to signed cards, and cards from before the system."""
