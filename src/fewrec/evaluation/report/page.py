"""Placeholder while the page is being written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_html(document: dict[str, Any], path: Path) -> None:
    """Write the page."""
    path.write_text("<pre>" + json.dumps(document, indent=1) + "</pre>", encoding="utf-8")
