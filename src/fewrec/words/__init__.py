"""Sentences about a catalogue, in English and Chinese: what they claim, and how well each item answers, with the words that say so."""

from fewrec.words.index import WordsIndex
from fewrec.words.types import Claim, Evidence, Match, Role, Term, Understood

__all__ = ["Claim", "Evidence", "Match", "Role", "Term", "Understood", "WordsIndex"]
