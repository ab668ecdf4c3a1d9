"""Asking the open web: what may be asked and believed (`policy`), and how it is asked (`client`)."""
