"""The office's desk: pages for whoever is signed in and works with the register."""
