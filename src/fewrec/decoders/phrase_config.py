"""The settings of the phrase decoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fewrec.decoders.cover import CoverConfig
from fewrec.decoders.neighbourhood import NeighbourhoodConfig
from fewrec.decoders.support import SupportConfig


@dataclass(frozen=True, kw_only=True)
class PhraseDecoderConfig:
    """Settings of :class:`~fewrec.decoders.phrases.PhraseDecoder`."""

    ranking_share: float = 0.5
    """In [0, 1]: how much the phrases should give the items the scores the vector gives them, rather than lie near the vector."""
    own_share: float = 0.5
    """>= 0: weight of the phrases' own vectors adding up to the vector, beside 1 for the items that they stand for."""
    prior_items: float = 2.0
    """> 0: how many items holding a phrase outweigh what is expected of the phrase from its own vector, when it is chosen."""
    reading_prior_items: float = 0.5
    """The same when phrases are read back, and when they are weighed so that this leads to the vector."""
    least_weight: float = 0.1
    """In (0, 1]: no phrase weighs less than this share of the mean weight, even if a reader could do without it."""
    support_power: float = 0.5
    """Preference grows with this power of the share of the neighbourhood that holds a phrase."""
    guess_power: float = 1.5
    """The same where the vector is not made of known items, so that support is a guess."""
    least_chance: float = 0.1
    """... and a phrase that is less likely than this is not said."""
    rarity_power: float = 0.5
    """... and with this power of log(m / items that hold it)."""
    least_items: int = 3
    """A phrase must hold for this many items of the catalogue, >= 1: it says what is shared, not what something is called."""
    least_items_of_title: int = 10
    """A phrase that is the title of any item must hold for this many; of the items that a vector is made of, no title is said."""
    name_preference: float = 0.8
    """Factor > 0 on names of people and other values of one's own, of a column that holds one an item ..."""
    names_preference: float = 0.4
    """... and of a column that holds several (a cast)."""
    word_preference: float = 0.6
    """... on single words of running text, which tell less than two or three."""
    least_likeness: float = 1.3
    """Single words of running text, and of titles where a catalogue says more than titles, must hold for items that are this much
    more alike than items at random (``came`` and ``willing`` are not)."""
    reliability: Mapping[str, float] = field(
        default_factory=lambda: {
            "category": 1.0,
            "era": 1.0,
            "name": 0.5,
            "title": 0.7,
            "text": 0.2,
            "word": 0.1,
            "general": 0.2,
        }
    )
    """By kind of phrase, how far a user who likes items with it likes others for it. ``word``: single words of running text."""
    cover: CoverConfig = field(default_factory=CoverConfig)
    """How the phrases of a user are chosen."""
    least_z: float = 0.5
    """A phrase of the general vocabulary must lie nearer to the vector than to this many standard deviations above the mean
    item: a spelling that occurs in another sense is not said."""
    max_cosine: float = 0.75
    """Two phrases of one text lie at most this near each other."""
    max_shared: float = 0.8
    """In (0, 1]: ... and no larger share of the items of the rarer one holds the other as well (日本 and 日语)."""
    n_candidates: int = 300
    """Phrases that enter the pursuit."""
    neighbourhood: NeighbourhoodConfig = field(default_factory=NeighbourhoodConfig)
    support: SupportConfig = field(default_factory=SupportConfig)
