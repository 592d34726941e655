"""``kshot``: how good after k examples, with n training users? The data-efficiency grid."""

from __future__ import annotations

from fewrec.evaluation.protocols.fewshot import FewShot
from fewrec.evaluation.settings import KShotSettings
from fewrec.types import Catalogue, Interactions


def kshot(catalogue: Catalogue, interactions: Interactions, settings: KShotSettings | None = None) -> FewShot:
    """20 % of the users are held out whole; nested sets of n of the others teach; the whole catalogue minus the revealed is ranked."""
    return FewShot("kshot", catalogue, interactions, settings or KShotSettings(), cold=0.0)
