"""Programs for those who work on zhengka; none of them is part of the package."""
