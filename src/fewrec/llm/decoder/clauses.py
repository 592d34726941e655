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
    clauses: list[tuple[str, list[str]]] = []
    number = -1
    for value in spans(text, lang):
        if value.clause != number:
            clauses.append((value.label, []))
            number = value.clause
        clauses[-1][1].append(value.text)
    return tuple(Clause(label, tuple(values)) for label, values in clauses)


@dataclass(frozen=True)
class Span:
    """A value and where it stands in a text."""

    clause: int
    """Number of its clause."""
    label: str
    text: str
    start: int
    end: int


def spans(text: str, lang: str) -> list[Span]:
    """The values of a text in their order, those alone that hold a letter or a digit."""
    found: list[Span] = []
    end_of_text = len(text.rstrip().removesuffix(_STOP[lang]))
    place = 0
    for clause, part in enumerate(text[:end_of_text].split(_CLAUSE[lang].strip())):
        label, colon, values = part.partition(_LABEL[lang].strip())
        start = place + (len(label) + len(colon) if colon else 0)
        for value in (values if colon else part).split(_VALUE[lang].strip()):
            said = value.strip()
            if any(char.isalnum() for char in said):
                first = start + len(value) - len(value.lstrip())
                found.append(Span(clause, label.strip() if colon else "", said, first, first + len(said)))
            start += len(value) + 1
        place += len(part) + 1
    return found


def plain(value: str, lang: str) -> str:
    """A value without the marks that part values and clauses."""
    for mark in (_CLAUSE[lang].strip(), _VALUE[lang].strip(), _STOP[lang] if lang == "zh" else "\n"):
        value = value.replace(mark, " ")
    return " ".join(value.split())
