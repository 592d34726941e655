"""``cold-items``: can new items be recommended? A share of the items is removed from all histories."""

from __future__ import annotations

from fewrec.evaluation.protocols.fewshot import FewShot
from fewrec.evaluation.settings import ColdItemsSettings
from fewrec.types import Catalogue, Interactions


def cold_items(catalogue: Catalogue, interactions: Interactions, settings: ColdItemsSettings | None = None) -> FewShot:
    """The protocol of ``kshot`` with only warm items revealed; ranked among all, cold and warm items, for the same users."""
    settings = settings or ColdItemsSettings()
    return FewShot("cold-items", catalogue, interactions, settings, cold=settings.cold)
