"""Text: cleaning, comparing, languages, bounds, masking, and behaviour and statements in words."""

from fewrec.text.behaviour import event_sentence
from fewrec.text.items import item_text
from fewrec.text.normalise import clean, fold
from fewrec.text.personal import MaskConfig, Masked, mask
from fewrec.text.scripts import language
from fewrec.text.sentences import bound, sentences
from fewrec.text.sentiment import review_polarity
from fewrec.text.statements import Claim, parse_statement
from fewrec.text.words import STOP_WORDS, content_words, words

__all__ = [
    "STOP_WORDS",
    "Claim",
    "MaskConfig",
    "Masked",
    "bound",
    "clean",
    "content_words",
    "event_sentence",
    "fold",
    "item_text",
    "language",
    "mask",
    "parse_statement",
    "review_polarity",
    "sentences",
    "words",
]
