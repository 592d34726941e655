"""Learning to read vectors aloud: training pairs, and the adapter that conditions a language model on a vector. Importing loads no torch."""

from fewrec.llm.decoder_training.learn import LearnConfig, learn_decoder
from fewrec.llm.decoder_training.pairs import PairConfig, Pairs, item_pairs, make_pairs
from fewrec.llm.decoder_training.records import Records

__all__ = ["LearnConfig", "PairConfig", "Pairs", "Records", "item_pairs", "learn_decoder", "make_pairs"]
