"""The settings of the phrase decoder."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    title_preference: float = 0.6
    """Factor > 0 on parts of titles: a taste told in titles says little that is new. Not where a catalogue has nothing but titles."""
    name_preference: float = 0.8
    """... on names of people and other values of one's own."""
    word_preference: float = 0.6
    """... on single words of running text, which tell less than two or three."""
    vague_preference: float = 0.3
    """... and a further factor on those whose items are no more alike than any items are (``came``, ``willing``)."""
    least_z: float = 0.5
    """A phrase of the general vocabulary must lie nearer to the vector than to this many standard deviations above the mean
    item: a spelling that occurs in another sense is not said."""
    unsupported_z: float = 2.0
    """The same for phrases of the general vocabulary where no neighbour holds any phrase in the reader's language."""
    max_cosine: float = 0.75
    """Two phrases of one text lie at most this near each other."""
    n_candidates: int = 300
    """Phrases that enter the pursuit."""
    neighbourhood: NeighbourhoodConfig = field(default_factory=NeighbourhoodConfig)
    support: SupportConfig = field(default_factory=SupportConfig)
