"""``kshot``: how good after k examples, with n training users? The data-efficiency grid."""

from __future__ import annotations

from fewrec.evaluation.protocols.fewshot import FewShot
from fewrec.evaluation.settings import KShotSettings
from fewrec.types import Catalogue, Interactions


def kshot(catalogue: Catalogue, interactions: Interactions, settings: KShotSettings | None = None) -> FewShot:
    """The protocol with 20 % of the users held out, nested training sets of n others, and the catalogue without the revealed items ranked."""
    return FewShot("kshot", catalogue, interactions, settings or KShotSettings(), cold=0.0)
