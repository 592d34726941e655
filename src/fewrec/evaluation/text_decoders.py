"""Decoders under test by name, and the scorer settings of a catalogue, for ``round-trip``. Imports stages, which import nothing of this."""

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
from fewrec.evaluation.decoder_api import BatchDecoder, CandidateDecoder, Control, Kind, TextScoring
from fewrec.sources import code_version
from fewrec.text import clean, fold, words
from fewrec.types import Catalogue, Decoded, Encoder, Matrix, Rows

DEFAULT_DECODERS = "phrases,phrases:banned,phrases:stranger"
DEFAULT_SECOND = "e5"
CONTROLS: Mapping[str, Control] = {"banned": "masked", "stranger": "shuffled"}
"""Ending of a decoder's name in commands and documents -> the control it stands for."""


class DecodedCatalogue:
    """A catalogue with what decoders and scorers share: its mined phrases and its records."""

    def __init__(self, catalogue: Catalogue, encoder: Encoder) -> None:
        self.catalogue, self.encoder = catalogue, encoder

    @cached_property
    def vocabulary(self) -> PhraseVocabulary:
        """The phrases that ``fit`` would mine."""
        catalogue = self.catalogue
        return mine_phrases(catalogue.fields, words=words, encode=self.encoder.encode, items=catalogue.vectors, clean=clean)

    @cached_property
    def records(self) -> Records:
        """The items' records: their words by field."""
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


class PhraseBatches:
    """The phrase decoder, many vectors at a time."""

    def __init__(self, decoder: PhraseDecoder, decoded_catalogue: DecodedCatalogue) -> None:
        self._decoder, self._decoded_catalogue = decoder, decoded_catalogue

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        """Texts of the vectors (b, d), decoded one by one."""
        return [self._decoder.decode(vector, lang=lang, n_phrases=n_phrases, kind=kind) for vector in vectors]

    def without_items(self, rows: Rows) -> PhraseBatches:
        """The decoder of a catalogue mined without these items."""
        vectors = self._decoded_catalogue.catalogue.vectors
        known = np.setdiff1d(np.arange(len(vectors)), rows)
        return PhraseBatches(PhraseDecoder(self._decoded_catalogue.without(rows), vectors, rows=known), self._decoded_catalogue)

    def decode_masked(
        self, vectors: Matrix, masked: Sequence[frozenset[str]], *, lang: str, n_phrases: int, kind: Kind
    ) -> list[Decoded]:
        """Texts of the vectors (b, d), each from a vocabulary without its masked words."""
        return [
            self._decoder.without_words(each).decode(vector, lang=lang, n_phrases=n_phrases, kind=kind)
            for vector, each in zip(vectors, masked, strict=True)
        ]


class LoadedDecoder:
    """A decoder of :mod:`fewrec.decoders.registry` as a :class:`BatchDecoder`. ``again`` makes it for a catalogue without some items, if possible."""

    def __init__(self, reader: ManyVectors, again: Callable[[Rows], BatchDecoder] | None = None) -> None:
        self._reader, self._again = reader, again

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        """Texts of the vectors (b, d), from the wrapped decoder."""
        return self._reader.decode_all(vectors, lang=lang, n_phrases=n_phrases, kind=kind)

    def without_items(self, rows: Rows) -> BatchDecoder | None:
        """None for a language model, which cannot unlearn them."""
        return self._again(rows) if self._again is not None else None


@runtime_checkable
class ManyVectors(Protocol):
    """A decoder that takes many vectors at once."""

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> list[Decoded]:
        """``vectors`` (b, d), unit."""


def _phrases(name: str, decoded_catalogue: DecodedCatalogue) -> BatchDecoder:
    if name != "phrases":
        raise SettingError(f"the decoder {name!r} takes no argument", hint="write phrases")
    return PhraseBatches(PhraseDecoder(decoded_catalogue.vocabulary, decoded_catalogue.catalogue.vectors), decoded_catalogue)


def _lm(name: str, decoded_catalogue: DecodedCatalogue) -> BatchDecoder:
    phrases = PhraseDecoder(decoded_catalogue.vocabulary, decoded_catalogue.catalogue.vectors)
    return LoadedDecoder(_many(name, load_decoder(name, phrases=phrases, encoder=decoded_catalogue.encoder)))


def _chat(name: str, decoded_catalogue: DecodedCatalogue, rows: Rows | None = None) -> BatchDecoder:
    vectors = decoded_catalogue.catalogue.vectors
    if rows is None:
        phrases = PhraseDecoder(decoded_catalogue.vocabulary, vectors)
    else:
        phrases = PhraseDecoder(decoded_catalogue.without(rows), vectors, rows=np.setdiff1d(np.arange(len(vectors)), rows))
    reader = load_decoder(name, phrases=phrases, encoder=decoded_catalogue.encoder)
    return LoadedDecoder(_many(name, reader), lambda gone: _chat(name, decoded_catalogue, gone))


def _many(name: str, reader: Reader) -> ManyVectors:
    if not isinstance(reader, ManyVectors):
        raise SettingError(f"the decoder {name!r} has no decode_all, which round-trip needs")
    return reader


DECODER_MAKERS: Mapping[str, Callable[[str, DecodedCatalogue], BatchDecoder]] = {"phrases": _phrases, "lm": _lm, "chat": _chat}
"""First part of a decoder's name -> what makes it from its whole name and the catalogue."""


def candidate_decoders(names: Sequence[str], decoded_catalogue: DecodedCatalogue) -> dict[str, CandidateDecoder]:
    """The decoders of :data:`fewrec.decoders.registry.DECODERS` and the controls ``phrases:banned``, ``phrases:stranger``, ``lm:FOLDER:stranger``, ….

    Raises:
        SettingError: there is no decoder of that name.
    """
    return {name: _candidate(name, decoded_catalogue) for name in names}


def check_names(names: Sequence[str]) -> None:
    """Check names before any work is done.

    Raises:
        SettingError: a name is unknown, or lacks its folder.
    """
    for name in names:
        subject, _ = _parsed(name)
        kind, _, where = subject.partition(":")
        if kind == "lm" and not where:
            raise SettingError("the decoder lm needs a folder", hint="lm:FOLDER, which fewrec learn decoder wrote")
        if kind not in DECODER_MAKERS:
            known = [each + ending for each in DECODER_MAKERS for ending in ("", *(f":{control}" for control in CONTROLS))]
            raise SettingError(f"there is no decoder {name!r}", hint=f"decoders and their controls: {', '.join(known)}")


def version_of(name: str) -> str:
    """A string that changes whenever the texts of the decoder of that name may."""
    subject, _ = _parsed(name)
    kind, _, where = subject.partition(":")
    version = code_version(DECODER_MAKERS[kind])
    if kind == "lm":
        return version + "".join(
            sorted(hash_files(path for path in Path(where).expanduser().glob("*") if path.is_file()).values())
        )
    return version


def _candidate(name: str, decoded_catalogue: DecodedCatalogue) -> CandidateDecoder:
    check_names([name])
    subject, control = _parsed(name)
    return CandidateDecoder(partial(DECODER_MAKERS[subject.partition(":")[0]], subject, decoded_catalogue), control)


def _parsed(name: str) -> tuple[str, Control]:
    """``phrases:banned`` -> ``phrases`` and ``masked``."""
    for ending, control in CONTROLS.items():
        if name.endswith(f":{ending}"):
            return name.removesuffix(f":{ending}"), control
    return name, ""


def text_scoring(decoded_catalogue: DecodedCatalogue, second: Encoder) -> TextScoring:
    """Scorer settings for texts about this catalogue; ``second`` is the independently trained encoder."""
    catalogue, records = decoded_catalogue.catalogue, decoded_catalogue.records
    centre = catalogue.vectors.mean(axis=0) if len(catalogue) else None
    expectation = Expectation(decoded_catalogue.vocabulary, catalogue.vectors, centre=centre)
    return TextScoring(
        second=second,
        first=decoded_catalogue.encoder,
        item_texts=catalogue.texts,
        supported=records.supports,
        holders=records.holders,
        record_words=records.words_of,
        read=CatalogueReader(expectation, records, decoded_catalogue.encoder.encode).read,
        genres=_genres(catalogue),
        names_genre=records.same,
        language=decoded_catalogue.language,
    )


def _genres(catalogue: Catalogue) -> Sequence[Sequence[str]] | None:
    """The values of the column of categories that is called so; of several the first."""
    columns = [column for column in columns_of(catalogue.fields, clean) if column.role == "category"]
    named = [column for column in columns if column.name.lower() in CATEGORY_NAMES]
    return named[0].values if named else None
