"""fewrec: few-shot recommendation in Chinese and English."""

from __future__ import annotations

__version__ = "0.1.0"
