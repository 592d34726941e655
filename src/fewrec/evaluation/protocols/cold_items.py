"""``cold-items``: can new items be recommended? A share of the items is taken out of everybody's history."""

from __future__ import annotations

from fewrec.evaluation.protocols.fewshot import FewShot
from fewrec.evaluation.settings import ColdItemsSettings
from fewrec.types import Catalogue, Interactions


def cold_items(catalogue: Catalogue, interactions: Interactions, settings: ColdItemsSettings | None = None) -> FewShot:
    """As ``kshot``, and what is revealed is warm. Ranked among all items, among the cold alone and among the warm alone, for the same users."""
    settings = settings or ColdItemsSettings()
    return FewShot("cold-items", catalogue, interactions, settings, cold=settings.cold)
