"""The round trip on the halves of items and users that nothing was chosen on.

python benchmarks/round_trip.py FOLDER [--lang zh] [--second-encoder E] [--cache DIR] [--seeds N] [--out FILE]
FOLDER holds items.csv and events.csv. The development half is that whose ids have an even first byte of their BLAKE2b digest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from fewrec.cli.evaluation import document_lines
from fewrec.data import read_events, read_items, to_interactions
from fewrec.encoders import load_encoder
from fewrec.evaluation import RoundTripSettings, Run
from fewrec.evaluation.api import evaluate_protocol
from fewrec.evaluation.protocols.round_trip import RoundTrip
from fewrec.evaluation.text_decoders import (
    DEFAULT_DECODERS,
    DEFAULT_SECOND,
    DecodedCatalogue,
    candidate_decoders,
    text_scoring,
    version_of,
)
from fewrec.preparation import prepare_catalogue


def is_development(identifier: str) -> bool:
    return hashlib.blake2b(identifier.encode(), digest_size=2).digest()[0] % 2 == 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lang", default=None)
    parser.add_argument("--second-encoder", default=DEFAULT_SECOND)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--max", type=int, default=500)
    parser.add_argument("--half", choices=("test", "development"), default="test")
    parser.add_argument("--out", type=Path, default=None)
    asked = parser.parse_args()

    items, _ = read_items(asked.folder / "items.csv")
    events, _ = read_events(asked.folder / "events.csv")
    vectors = asked.cache / "vectors.sqlite" if asked.cache else None
    encoder = load_encoder("default", cache=vectors)
    catalogue, _ = prepare_catalogue(items, encoder)
    interactions, _ = to_interactions(events, catalogue.ids)
    wanted = asked.half == "development"
    tested_items = np.flatnonzero([is_development(each) == wanted for each in catalogue.ids])
    tested_users = np.flatnonzero([is_development(each) == wanted for each in interactions.user_ids])

    decoded_catalogue = DecodedCatalogue(catalogue, encoder)
    scoring = text_scoring(decoded_catalogue, load_encoder(asked.second_encoder, cache=vectors))
    names = DEFAULT_DECODERS.split(",")
    settings = RoundTripSettings(lang=asked.lang, seeds=asked.seeds, max_items=asked.max, max_test_users=asked.max)
    protocol = RoundTrip(catalogue, interactions, scoring, settings, tested_items=tested_items, tested_users=tested_users)
    run = Run(cache=asked.cache, versions={name: version_of(name) for name in names})
    document = evaluate_protocol(protocol, candidate_decoders(names, decoded_catalogue), run=run)
    if asked.out:
        asked.out.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    print("\n".join(document_lines(document)))


if __name__ == "__main__":
    main()
