"""The compact form in which a language model is taught to say a vector: ``genres: Comedy, War; director: Frank Capra; about: love``.

A form rather than free prose: what stands in it can be told apart again, checked, and left out where the model was not sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_CLAUSE = {"zh": "；", "en": "; "}
_LABEL = {"zh": "：", "en": ": "}
_VALUE = {"zh": "、", "en": ", "}
_STOP = {"zh": "。", "en": "."}


@dataclass(frozen=True)
class Clause:
    """One thing that is said: the column it comes from (may be empty) and its values."""

    label: str
    values: tuple[str, ...]


def write(clauses: Sequence[Clause], lang: str) -> str:
    """The clauses as one line that ends in a full stop; empty without values."""
    said = []
    for clause in clauses:
        values = _VALUE[lang].join(plain(value, lang) for value in clause.values if plain(value, lang))
        if values:
            label = plain(clause.label, lang).replace(_LABEL[lang].strip(), " ").strip()
            said.append(label + _LABEL[lang] + values if label else values)
    return _CLAUSE[lang].join(said) + _STOP[lang] if said else ""


def read(text: str, lang: str) -> tuple[Clause, ...]:
    """What :func:`write` wrote, or a model that imitates it: white space, a missing stop and empty values are forgiven."""
    clauses = []
    for part in text.strip().removesuffix(_STOP[lang]).split(_CLAUSE[lang].strip()):
        label, colon, values = part.partition(_LABEL[lang].strip())
        if not colon:
            label, values = "", part
        said = tuple(value.strip() for value in values.split(_VALUE[lang].strip()) if value.strip())
        if said:
            clauses.append(Clause(label.strip(), said))
    return tuple(clauses)


def plain(value: str, lang: str) -> str:
    """A value without the marks that part values and clauses."""
    for mark in (_CLAUSE[lang].strip(), _VALUE[lang].strip(), _STOP[lang] if lang == "zh" else "\n"):
        value = value.replace(mark, " ")
    return " ".join(value.split())
