"""fewrec: few-shot recommendation in Chinese and English.

Importing loads no model, touches no network and configures no logging; ``Recommender`` and what it needs come with first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fewrec.ranking import Filters
    from fewrec.recommender import Recommender, Taste

__version__ = "0.1.0"
__all__ = ["Filters", "Recommender", "Taste", "__version__"]


def __getattr__(name: str) -> Any:
    if name in {"Recommender", "Taste"}:
        from fewrec import recommender

        return getattr(recommender, name)
    if name == "Filters":
        from fewrec.ranking import Filters

        return Filters
    raise AttributeError(f"module 'fewrec' has no attribute {name!r}")
