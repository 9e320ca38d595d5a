"""What becomes of an issued card: print, renew, replace, void and cancel it, with its photographs and documents."""
