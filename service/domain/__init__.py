"""The rules and words of the regulation as pure values and functions."""
