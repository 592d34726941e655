"""The script of a phrase, and (from :mod:`fewrec.columns`) the columns that phrases are mined from."""

from __future__ import annotations

import re

from fewrec.columns import CATEGORY_NAMES, SKIPPED_NAMES, Column, columns_of

__all__ = ["CATEGORY_NAMES", "HAN", "SKIPPED_NAMES", "Column", "columns_of", "script"]

HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0002ffff]")


def script(text: str) -> str:
    """``zh`` where there is a Han character, else ``en``: which reader a phrase is for."""
    return "zh" if HAN.search(text) else "en"
