"""Set up, watch, audit, back up, mirror, restore and upgrade a register."""
