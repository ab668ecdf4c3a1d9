"""What the files of the U.S. Energy Information Administration have in common: codes that stand for no figure."""

NO_FIGURE = {"", "-", "--", "NA", "N/A", "NM", "IE", "W", "S", "(S)"}


def read_figure(value: object) -> float | None:
    """Return a figure, written as a number or as text; None for a code of the publisher's that says there is none.

    Such a code is never zero: (s) is too small to print, ie is counted elsewhere, w is withheld. Raises ValueError for
    any other text.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        return None if text.upper() in NO_FIGURE else float(text)
    if isinstance(value, int | float):
        return float(value)
    raise ValueError(f"expected a figure or a code, came {str(value)[:40]!r}")
