"""Learning to read vectors aloud: training pairs, and the adapter that conditions a language model on a vector. Importing loads no torch."""

from fewrec.learning.decoder.learn import LearnConfig, learn_decoder
from fewrec.learning.decoder.pairs import PairConfig, Pairs, item_pairs, make_pairs
from fewrec.learning.decoder.records import Records

__all__ = ["LearnConfig", "PairConfig", "Pairs", "Records", "item_pairs", "learn_decoder", "make_pairs"]
