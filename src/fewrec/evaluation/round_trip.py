"""What ``round-trip`` judges, and who judges: decoders by name, and the judge of a catalogue. Sits above the stages, as ``models`` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from fewrec.columns import CATEGORY_NAMES, columns_of
from fewrec.decoders import CatalogueReader, Expectation, PhraseDecoder, PhraseVocabulary, Records, mine_phrases
from fewrec.decoders.registry import Reader, load_decoder
from fewrec.encoders.fingerprint import hash_files
from fewrec.errors import SettingError
from fewrec.evaluation.decoding import Control, Examinee, Judge, Kind, Subject
from fewrec.sources import code_version
from fewrec.text import clean, fold, words
from fewrec.types import Catalogue, Decoded, Encoder, Matrix, Rows

DEFAULT_SUBJECTS = "phrases,phrases:banned,phrases:stranger"
DEFAULT_SECOND = "e5"
CONTROLS: tuple[Control, ...] = ("banned", "stranger")


class Ground:
    """A catalogue with what decoders and judge share: its phrases, mined once."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder) -> None:
        self.catalogue, self.encoder = catalogue, encoder

    @cached_property
    def vocabulary(self) -> PhraseVocabulary:
        """As ``fit`` mines it."""
        catalogue = self.catalogue
        return mine_phrases(catalogue.fields, words=words, encode=self.encoder.encode, items=catalogue.vectors, clean=clean)

    @cached_property
    def records(self) -> Records:
        """What the items say."""
        return Records(self.catalogue.fields, words=words, fold=fold)

    def without(self, rows: Rows) -> PhraseVocabulary:
        """The vocabulary as it would have been mined had the items of ``rows`` been blank: their words and vectors play no part."""
        gone = frozenset(rows.tolist())
        fields = [{} if row in gone else each for row, each in enumerate(self.catalogue.fields)]
        return mine_phrases(fields, words=words, encode=self.encoder.encode, items=self.catalogue.vectors, clean=clean)

    @property
    def language(self) -> str:
        """``zh`` where most titles hold Chinese characters, else ``en``."""
        titles = self.catalogue.titles
        n_chinese = sum(any("一" <= char <= "鿿" for char in title) for title in titles)
        return "zh" if 2 * n_chinese > len(titles) else "en"


class PhraseSubject:
    """The phrase decoder, many vectors at a time."""

    def __init__(self, decoder: PhraseDecoder, ground: Ground) -> None:
        self._decoder, self._ground = decoder, ground

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        """One after the other."""
        return [self._decoder.decode(vector, lang=lang, n_phrases=n_phrases, kind=kind) for vector in vectors]

    def without_items(self, rows: Rows) -> PhraseSubject:
        """The decoder of a catalogue mined without these items."""
        vectors = self._ground.catalogue.vectors
        known = np.setdiff1d(np.arange(len(vectors)), rows)
        return PhraseSubject(PhraseDecoder(self._ground.without(rows), vectors, rows=known), self._ground)

    def decode_without(
        self, vectors: Matrix, banned: Sequence[frozenset[str]], *, lang: str, n_phrases: int, kind: Kind
    ) -> list[Decoded]:
        """A vocabulary of its own for every vector."""
        return [
            self._decoder.without_words(each).decode(vector, lang=lang, n_phrases=n_phrases, kind=kind)
            for vector, each in zip(vectors, banned, strict=True)
        ]


class ReaderSubject:
    """A decoder of :mod:`fewrec.decoders.registry` as it is judged. ``again`` makes it for a catalogue without some items, where that can be had."""

    def __init__(self, reader: ManyReader, again: Callable[[Rows], Subject] | None = None) -> None:
        self._reader, self._again = reader, again

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        """As the decoder does."""
        return self._reader.decode_all(vectors, lang=lang, n_phrases=n_phrases, kind=kind)

    def without_items(self, rows: Rows) -> Subject | None:
        """None for a language model that has learned from them."""
        return self._again(rows) if self._again is not None else None


@runtime_checkable
class ManyReader(Protocol):
    """A decoder that takes many vectors at once."""

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> list[Decoded]:
        """``vectors`` (b, d), unit."""


def _phrases(name: str, ground: Ground) -> Subject:
    if name != "phrases":
        raise SettingError(f"the decoder {name!r} takes no argument", hint="write phrases")
    return PhraseSubject(PhraseDecoder(ground.vocabulary, ground.catalogue.vectors), ground)


def _lm(name: str, ground: Ground) -> Subject:
    phrases = PhraseDecoder(ground.vocabulary, ground.catalogue.vectors)
    return ReaderSubject(_many(name, load_decoder(name, phrases=phrases, encoder=ground.encoder)))


def _chat(name: str, ground: Ground, rows: Rows | None = None) -> Subject:
    vectors = ground.catalogue.vectors
    if rows is None:
        phrases = PhraseDecoder(ground.vocabulary, vectors)
    else:
        phrases = PhraseDecoder(ground.without(rows), vectors, rows=np.setdiff1d(np.arange(len(vectors)), rows))
    reader = load_decoder(name, phrases=phrases, encoder=ground.encoder)
    return ReaderSubject(_many(name, reader), lambda gone: _chat(name, ground, gone))


def _many(name: str, reader: Reader) -> ManyReader:
    if not isinstance(reader, ManyReader):
        raise SettingError(f"the decoder {name!r} has no decode_all, which round-trip needs")
    return reader


SUBJECTS: Mapping[str, Callable[[str, Ground], Subject]] = {"phrases": _phrases, "lm": _lm, "chat": _chat}
"""First part of a decoder's name -> what makes it from its whole name and the catalogue."""


def examinees(names: Sequence[str], ground: Ground) -> dict[str, Examinee]:
    """The decoders of :data:`fewrec.decoders.registry.DECODERS` and the controls ``phrases:banned``, ``phrases:stranger``, ``lm:FOLDER:stranger``, ….

    Raises:
        SettingError: there is no decoder of that name.
    """
    return {name: _examinee(name, ground) for name in names}


def check_names(names: Sequence[str]) -> None:
    """An unknown name is an error before any work is done."""
    for name in names:
        subject, _ = _parsed(name)
        kind, _, where = subject.partition(":")
        if kind == "lm" and not where:
            raise SettingError("the decoder lm needs a folder", hint="lm:FOLDER, which fewrec learn decoder wrote")
        if kind not in SUBJECTS:
            known = [each + ending for each in SUBJECTS for ending in ("", *(f":{control}" for control in CONTROLS))]
            raise SettingError(f"there is no decoder {name!r}", hint=f"decoders and their controls: {', '.join(known)}")


def version_of(name: str) -> str:
    """A string that changes whenever the texts of the decoder of that name may."""
    subject, _ = _parsed(name)
    kind, _, where = subject.partition(":")
    version = code_version(SUBJECTS[kind])
    if kind == "lm":
        return version + "".join(
            sorted(hash_files(path for path in Path(where).expanduser().glob("*") if path.is_file()).values())
        )
    return version


def _examinee(name: str, ground: Ground) -> Examinee:
    check_names([name])
    subject, control = _parsed(name)
    return Examinee(partial(SUBJECTS[subject.partition(":")[0]], subject, ground), control)


def _parsed(name: str) -> tuple[str, Control]:
    """``phrases:banned`` -> ``phrases`` and ``banned``."""
    for control in CONTROLS:
        if name.endswith(f":{control}"):
            return name.removesuffix(f":{control}"), control
    return name, ""


def judge_of(ground: Ground, second: Encoder) -> Judge:
    """Who judges texts about this catalogue; ``second`` is the independent encoder."""
    catalogue, records = ground.catalogue, ground.records
    centre = catalogue.vectors.mean(axis=0) if len(catalogue) else None
    expectation = Expectation(ground.vocabulary, catalogue.vectors, centre=centre)
    return Judge(
        second=second,
        first=ground.encoder,
        item_texts=catalogue.texts,
        supported=records.supports,
        banned=records.words_of,
        read=CatalogueReader(expectation, records, ground.encoder.encode).read,
        genres=_genres(catalogue),
        names_genre=records.same,
        language=ground.language,
    )


def _genres(catalogue: Catalogue) -> Sequence[Sequence[str]] | None:
    """The values of the column of categories that is called so; of several the first."""
    columns = [column for column in columns_of(catalogue.fields, clean) if column.role == "category"]
    named = [column for column in columns if column.name.lower() in CATEGORY_NAMES]
    return named[0].values if named else None
