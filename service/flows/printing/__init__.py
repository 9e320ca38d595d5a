"""The print room: what waits to be printed, checked and handed out, and the log of each copy."""
