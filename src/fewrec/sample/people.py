"""Forty invented film watchers and the events that ``events.csv`` holds; ``python -m fewrec.sample.people`` writes it again.

A person is a handful of genre weights, a few films named outright, and now and then a preferred time. She mostly meets films that
she will like and that everybody has heard of, agrees with her own taste only roughly, and tells it in one of four ways.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SEED = 2014
COLUMNS = ("user_id", "item_id", "event", "value", "timestamp")

FAMOUS = {
    "titanic", "spirited-away", "the-matrix", "inception", "the-shawshank-redemption", "the-godfather", "toy-story", "home-alone",
    "wandering-earth", "ne-zha", "kung-fu-hustle", "farewell-my-concubine", "interstellar", "parasite", "coco", "your-name",
    "crouching-tiger-hidden-dragon", "infernal-affairs", "la-la-land", "et", "my-neighbor-totoro", "train-to-busan",
}  # fmt: skip
"""Films met about twice as often as the others, whatever one's taste."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who somebody is, in the terms that decide what she watches and how she finds it."""

    who: str
    genres: Mapping[str, float]
    """English genre -> weight in [-1, 1]; 0 where it is not named."""
    named: Sequence[str] = ()
    """Films she loves whatever their genre."""
    years: tuple[int, int] | None = None
    """Films of these years are liked better."""
    films: int = 12
    """How many films she tells about."""
    habits: tuple[float, float, float] = field(default=(6, 3, 3))
    """How often she rates, likes or dislikes, or only views."""


PEOPLE = (
    Person(
        who="horror fan who melts at Ghibli",
        genres={"Horror": 1, "Mystery": 0.5, "Thriller": 0.4, "Musical": -0.7, "Romance": -0.3},
        named=("my-neighbor-totoro",),
    ),
    Person(
        who="parent of two", genres={"Family": 0.8, "Animation": 0.7, "Horror": -0.9, "Crime": -0.3}, named=("et",), films=13
    ),
    Person(
        who="lives on anime", genres={"Animation": 1, "Fantasy": 0.6, "History": -0.3}, named=("akira", "love-letter"), films=14
    ),
    Person(
        who="black-and-white film buff", genres={"Comedy": 0.3, "Romance": 0.4, "Action": -0.4}, years=(1940, 1968), films=14
    ),
    Person(who="watches anything on Fridays", genres={"Comedy": 0.3, "Action": 0.2, "Drama": 0.1}, films=12, habits=(2, 4, 6)),
    Person(who="engineer, science fiction first", genres={"Science Fiction": 1, "Romance": -0.5, "Musical": -0.6}, films=13),
    Person(
        who="student of physics",
        genres={"Science Fiction": 0.8, "Documentary": 0.5, "Fantasy": -0.4},
        named=("interstellar", "march-of-the-penguins"),
    ),
    Person(
        who="reads Liu Cixin", genres={"Science Fiction": 0.9, "Disaster": 0.5}, named=("wandering-earth",), years=(2009, 2023)
    ),
    Person(who="science fiction of the old school", genres={"Science Fiction": 0.8, "Mystery": 0.3}, years=(1960, 1999)),
    Person(who="romantic", genres={"Romance": 1, "Musical": 0.5, "Horror": -0.8, "War": -0.5}, films=13, habits=(3, 6, 3)),
    Person(
        who="Wong Kar-wai on the wall",
        genres={"Romance": 0.8, "Drama": 0.5, "Family": -0.3},
        named=("in-the-mood-for-love", "farewell-my-concubine"),
    ),
    Person(who="weddings and tears", genres={"Romance": 0.7, "Comedy": 0.5, "Coming of Age": 0.5, "Crime": -0.4}, films=11),
    Person(
        who="grew up with Stephen Chow",
        genres={"Comedy": 0.9, "Martial Arts": 0.4, "Documentary": -0.4},
        named=("kung-fu-hustle", "a-chinese-odyssey-2"),
    ),
    Person(who="likes to laugh after work", genres={"Comedy": 1, "Horror": -0.6, "War": -0.4}, films=10, habits=(2, 5, 5)),
    Person(who="crime, the darker the better", genres={"Crime": 1, "Thriller": 0.7, "Family": -0.5, "Musical": -0.5}, films=13),
    Person(
        who="Hong Kong in the eighties",
        genres={"Crime": 0.6, "Action": 0.6, "Martial Arts": 0.5},
        named=("a-better-tomorrow",),
        years=(1980, 2002),
    ),
    Person(
        who="tells who did it by minute ten",
        genres={"Mystery": 0.9, "Thriller": 0.7, "Animation": -0.2},
        named=("rear-window",),
    ),
    Person(who="history teacher", genres={"History": 0.9, "War": 0.5, "Biography": 0.6, "Fantasy": -0.3}, films=13),
    Person(
        who="war films with his father", genres={"War": 1, "History": 0.4, "Action": 0.3, "Romance": -0.3}, named=("toy-story",)
    ),
    Person(who="wuxia since childhood", genres={"Martial Arts": 1, "Action": 0.5, "History": 0.3}, named=("havoc-in-heaven",)),
    Person(who="trains kung fu", genres={"Martial Arts": 0.8, "Action": 0.8, "Drama": -0.2}, films=10, habits=(3, 5, 4)),
    Person(who="documentaries and real lives", genres={"Documentary": 1, "Biography": 0.7, "History": 0.4, "Fantasy": -0.5}),
    Person(
        who="climbs at weekends",
        genres={"Adventure": 0.7, "Documentary": 0.6, "Musical": -0.4},
        named=("free-solo", "gravity"),
        films=11,
    ),
    Person(who="sings in a choir", genres={"Musical": 1, "Romance": 0.4, "Horror": -0.5}, named=("farewell-my-concubine",)),
    Person(who="grandmother of three", genres={"Family": 0.7, "Musical": 0.6, "Horror": -1}, years=(1950, 1996), films=11),
    Person(
        who="a quiet teenager",
        genres={"Animation": 0.6, "Romance": 0.5, "Coming of Age": 0.6, "War": -0.4},
        named=("your-name",),
    ),
    Person(who="a loud teenager", genres={"Horror": 0.7, "Action": 0.7, "Comedy": 0.4, "Musical": -0.4}, years=(2000, 2023)),
    Person(
        who="festival goer",
        genres={"Drama": 0.7, "History": 0.3, "Disaster": -0.5},
        named=("parasite", "black-coal-thin-ice"),
        films=14,
    ),
    Person(
        who="cook",
        genres={"Family": 0.5, "Drama": 0.4, "Horror": -0.3},
        named=("eat-drink-man-woman", "the-grand-budapest-hotel"),
    ),
    Person(who="night nurse, thrillers on the bus", genres={"Thriller": 0.8, "Horror": 0.5, "Science Fiction": 0.3}, films=10),
    Person(
        who="blockbusters only",
        genres={"Disaster": 0.7, "Action": 0.6, "Science Fiction": 0.4, "Documentary": -0.6},
        years=(1990, 2023),
    ),
    Person(
        who="gamer", genres={"Science Fiction": 0.6, "Action": 0.6, "Animation": 0.4, "Romance": -0.4}, named=("the-matrix",)
    ),
    Person(
        who="illustrator", genres={"Animation": 0.8, "Fantasy": 0.4}, named=("the-grand-budapest-hotel", "in-the-mood-for-love")
    ),
    Person(
        who="Kubrick and Kurosawa",
        genres={"Drama": 0.3, "Comedy": -0.3},
        named=("the-shining", "seven-samurai"),
        years=(1950, 1982),
    ),
    Person(who="lawyer who weeps at cartoons", genres={"Crime": 0.6, "Animation": 0.6, "Martial Arts": -0.4}, named=("coco",)),
    Person(who="new to Chinese film", genres={"Martial Arts": 0.5, "History": 0.5, "Romance": 0.2}, named=("hero", "assembly")),
    Person(
        who="sees everything, hard to please",
        genres={"Drama": 0.2, "Family": -0.4, "Comedy": -0.3},
        films=14,
        habits=(10, 1, 1),
    ),
    Person(
        who="sees everything, loves it all",
        genres={"Adventure": 0.4, "Fantasy": 0.3, "Family": 0.3},
        films=14,
        habits=(7, 4, 1),
    ),
    Person(who="couple who take turns", genres={"Romance": 0.5, "Science Fiction": 0.5, "Musical": 0.2, "War": -0.3}, films=13),
    Person(
        who="hardly says a word", genres={"Mystery": 0.4, "Science Fiction": 0.3, "Horror": -0.2}, films=10, habits=(0, 1, 9)
    ),
)


def affinity(person: Person, item: Mapping[str, str]) -> float:
    """What somebody of this taste may expect of a film, about -1 to 2, before chance has its say."""
    weights = sorted((person.genres.get(genre, 0.0) for genre in item["genres_en"].split("|")), key=abs, reverse=True)
    expected = weights[0] + 0.5 * sum(weights[1:])  # the strongest genre decides, the others colour it
    expected += 0.8 * (item["item_id"] in person.named)
    if person.years is not None:
        first, last = person.years
        expected += 0.7 if first <= int(item["year"]) <= last else -0.4
    return expected


def films_met(person: Person, items: Sequence[Mapping[str, str]], rng: random.Random) -> list[Mapping[str, str]]:
    """The films she comes across: those she names, then likely ones, the last two whatever others put on."""

    def waiting_time(item: Mapping[str, str]) -> float:
        """Exponential clocks: the smallest times are a weighted sample without replacement."""
        chance = math.exp(2 * affinity(person, item)) * (2 if item["item_id"] in FAMOUS else 1)
        return 0.0 if item["item_id"] in person.named else -math.log(1 - rng.random()) / chance

    by_time = sorted(((waiting_time(item), item) for item in items), key=lambda pair: pair[0])
    chosen = [item for _, item in by_time[: person.films - 2]]
    others = [item for _, item in by_time[person.films - 2 :]]
    return chosen + rng.sample(others, 2)


def events_of(
    user_id: str, person: Person, items: Sequence[Mapping[str, str]], rng: random.Random
) -> Iterator[tuple[str, ...]]:
    """Her events, oldest first: an evening each, days or weeks apart."""
    met = films_met(person, items, rng)
    rng.shuffle(met)
    when = datetime(2024, 1, 1) + timedelta(days=rng.randrange(330))
    for item in met:
        when += timedelta(days=1 + int(rng.random() * 48))
        evening = when.replace(hour=18 + rng.randrange(6), minute=rng.randrange(60))
        felt = affinity(person, item) + rng.gauss(0, 0.45)
        stars = min(5, max(1, round(3.2 + 1.4 * felt)))
        kind = rng.choices(("rating", "verdict", "view"), weights=person.habits)[0]
        if kind == "verdict" and stars == 3:
            kind = "view"  # nobody clicks a thumb for a film that left them cold
        event = {"rating": "rating", "view": "view", "verdict": "like" if stars > 3 else "dislike"}[kind]
        yield user_id, item["item_id"], event, str(stars) if event == "rating" else "", evening.isoformat() + "Z"


def all_events(items: Sequence[Mapping[str, str]], seed: int = SEED) -> list[tuple[str, ...]]:
    """The rows of ``events.csv``, columns as in :data:`COLUMNS`. Everybody has a generator of her own, so people can be added."""
    rows: list[tuple[str, ...]] = []
    for number, person in enumerate(PEOPLE, start=1):
        user_id = f"u{number:02d}"
        rows.extend(events_of(user_id, person, items, random.Random(f"{seed}/{user_id}")))
    return rows


def main() -> None:
    """Write ``events.csv`` beside this file."""
    from fewrec import sample

    with sample.path("items.csv").open(encoding="utf-8", newline="") as file:
        items = list(csv.DictReader(file))
    with sample.path("events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(all_events(items))


if __name__ == "__main__":
    main()
