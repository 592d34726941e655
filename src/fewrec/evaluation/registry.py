"""The protocols: one entry each, from which the command line, the settings, the report, the docs and ``evaluate`` derive.

This module imports neither NumPy nor a protocol: ``fewrec evaluate --help`` reads it. A new protocol is one file in ``protocols/`` and one
entry in :data:`PROTOCOLS`; what the entry names as ``module:name`` is imported when it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from fewrec.errors import SettingError

if TYPE_CHECKING:
    from fewrec.evaluation.inputs import InputSource
    from fewrec.evaluation.protocols.base import EvaluationProtocol
    from fewrec.evaluation.settings import EvaluationSettings

Text = tuple[str, str]
"""The same statement in English and in Chinese."""

ITEMS: Mapping[str, Text] = {
    "all": ("all items", "全部物品"),
    "warm": ("warm items", "已有数据的物品"),
    "cold": ("cold items", "冷启动物品"),
}
"""Set of items that is ranked -> its label."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A command-line option that only some protocols have."""

    name: str
    """As a Python name: ``test_events`` is ``--test-events``."""
    help: str
    kind: Literal["file", "text", "count"] = "file"
    """``count`` is an integer of at least 1."""
    metavar: str | None = "FILE"
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class ProtocolEntry:
    """Everything that is known about a protocol without running it."""

    name: str
    """As in ``--protocol`` and in the document."""
    question: Text
    """What it asks, for the report and the docs."""
    how: str
    """How it asks, in Markdown, for the docs."""
    settings_class: str
    """``module:Class`` of its settings; their ``family`` says which metrics apply."""
    maker: str
    """``module:callable`` that makes the protocol from its inputs and, as ``settings``, its settings."""
    reader: str = "fewrec.evaluation.inputs:read_data"
    """``module:function`` from an :class:`~fewrec.evaluation.inputs.InputSource` to the arguments of the maker, ``settings`` excepted."""
    files: tuple[Option, ...] = ()
    """Files that it reads beside items and events."""
    options: tuple[Option, ...] = ()
    """Settings that the command line offers for it alone."""
    takes_data: bool = True
    """Whether it reads a STORE, or ``--items`` and ``--events``."""
    candidates: Literal["models", "decoders", "rankers"] = "models"
    """What ``--models`` names."""
    layout: Literal["grid", "dots"] = "dots"
    """Pictures of the report: a grid of training users by examples with learning curves, or one plot of all candidates per cell."""
    size: Literal["training users", "shots"] = "training users"
    """What ``train_users`` counts in its document."""
    subjects: Mapping[str, Text] = field(default_factory=lambda: ITEMS)
    """Value of ``items`` in the document -> its label."""

    @property
    def settings(self) -> type[EvaluationSettings]:
        """The class of its settings."""
        found: type[EvaluationSettings] = _resolve(self.settings_class)
        return found

    def make(self, **inputs: Any) -> EvaluationProtocol:
        """The protocol, ready to run."""
        made: EvaluationProtocol = _resolve(self.maker)(**inputs)
        return made

    def read(self, source: InputSource) -> dict[str, Any]:
        """The protocol's inputs, from files and the store.

        Raises:
            DataError: a file cannot be used.
        """
        found: dict[str, Any] = _resolve(self.reader)(source)
        return found

    @property
    def required_files(self) -> list[str]:
        """Names of the files without which it cannot run."""
        return [option.name for option in self.files if option.required]


_SETTINGS = "fewrec.evaluation.settings"
_PROTOCOLS = "fewrec.evaluation.protocols"

_ENTRIES = (
    ProtocolEntry(
        name="kshot",
        question=(
            "How good is a list after k examples, when n other users have taught the model?",
            "有 n 个其他用户的数据、新用户给出 k 个例子之后，推荐列表有多好？",
        ),
        how=(
            "20 % of the users are held out; models train on the first n of the others, in random order, so that training sets are nested; k random "
            "positives are revealed (k = 3 reveals those of k = 1 and two more); the whole catalogue without them is ranked, and the user's other "
            "positives are the relevant items; users with at least k + 5 positives take part"
        ),
        settings_class=f"{_SETTINGS}:KShotSettings",
        maker=f"{_PROTOCOLS}.kshot:kshot",
        layout="grid",
    ),
    ProtocolEntry(
        name="cold-items",
        question=("Can items be recommended that nobody has touched yet?", "还没有任何人接触过的物品，能被推荐吗？"),
        how=(
            "as `kshot`, with 20 % of the items removed from all training data and all examples; ranked among all items, among the removed ones "
            "(cold) and among the others (warm), for the same users"
        ),
        settings_class=f"{_SETTINGS}:ColdItemsSettings",
        maker=f"{_PROTOCOLS}.cold_items:cold_items",
        layout="grid",
    ),
    ProtocolEntry(
        name="temporal",
        question=("Would it have worked in time order?", "按时间先后使用，效果如何？"),
        how="one split in time for all users; refused where timestamps are not points in time",
        settings_class=f"{_SETTINGS}:TemporalSettings",
        maker=f"{_PROTOCOLS}.temporal:Temporal",
        reader="fewrec.evaluation.inputs:read_dated",
    ),
    ProtocolEntry(
        name="tallrec",
        question=(
            "Will a user like this title? K labelled prompts are all that is learned from; every test prompt is answered alone.",
            "用户会喜欢这部作品吗？只从 K 条带标签的提示中学习，每条测试提示单独作答。",
        ),
        how="the published few-shot test: K prompts are the training data; every test prompt is scored in a call of its own",
        settings_class=f"{_SETTINGS}:TallrecSettings",
        maker=f"{_PROTOCOLS}.tallrec:Tallrec",
        reader="fewrec.evaluation.inputs:read_tallrec",
        files=(
            Option(name="train", help="training prompts.", required=True),
            Option(name="valid", help="validation prompts.", required=True),
            Option(name="test", help="test prompts.", required=True),
            Option(name="test_users", help="a JSON list with the user of each test prompt."),
        ),
        options=(Option(name="shots", help="numbers of training prompts.", kind="text", metavar="16,64"),),
        takes_data=False,
        size="shots",
    ),
    ProtocolEntry(
        name="labels",
        question=("Like or dislike, on given pairs of user and item?", "对给定的用户与物品：喜欢还是不喜欢？"),
        how="test pairs from a file of events; reported for all items, and apart for items with (warm) and without (cold) training events",
        settings_class=f"{_SETTINGS}:LabelsSettings",
        maker=f"{_PROTOCOLS}.labels:Labels",
        reader="fewrec.evaluation.inputs:read_labels",
        files=(Option(name="test_events", help="the test pairs, as events.", required=True),),
    ),
    ProtocolEntry(
        name="candidates",
        question=("Which of some twenty candidates did the user go on to?", "在约二十个候选物品中，用户接下来选了哪一个？"),
        how="the published re-ranking test: given candidates of given users are ranked",
        settings_class=f"{_SETTINGS}:CandidatesSettings",
        maker=f"{_PROTOCOLS}.candidates:Candidates",
        reader="fewrec.evaluation.inputs:read_candidate_lists",
        files=(Option(name="candidates", help="CSV with columns user_id, target, candidates.", required=True),),
    ),
    ProtocolEntry(
        name="round-trip",
        question=(
            "A vector was decoded into words. Are the words true, and do they say enough?",
            "把一个向量解码成了文字。这些文字属实吗？说得够吗？",
        ),
        how=(
            "vectors of items and users are decoded; the texts are scored with a second encoder, with the items' records, and by the lists made "
            "from them; controls are texts that cannot be true"
        ),
        settings_class=f"{_SETTINGS}:RoundTripSettings",
        maker=f"{_PROTOCOLS}.round_trip:RoundTrip",
        options=(
            Option(name="max_items", help="items decoded per draw.", kind="count", metavar=None),
            Option(name="item_phrases", help="phrases per item.", kind="count", metavar=None),
            Option(name="user_phrases", help="phrases per user.", kind="count", metavar=None),
        ),
        candidates="decoders",
        subjects={
            "all": ("users", "用户"),
            "warm": ("items of the catalogue", "目录中的物品"),
            "cold": ("held-out items", "解码器未见过的物品"),
        },
    ),
    ProtocolEntry(
        name="requests",
        question=(
            "Does a sentence get what it asks for, and what is a sentence worth beside k likes?",
            "说一句话，能得到想要的东西吗？在 k 个喜欢之外，一句话值多少？",
        ),
        how=(
            "sentences with the items that answer them (ids, or a rule over the items' columns), by language and kind; and sentences made of one half "
            "of held-out users' likes, judged on the other half"
        ),
        settings_class=f"{_PROTOCOLS}.requests:RequestsSettings",
        maker=f"{_PROTOCOLS}.requests:Requests",
        reader="fewrec.evaluation.inputs:read_sentences",
        files=(Option(name="requests", help="JSONL with text, and relevant (ids) or where (a rule).", required=True),),
        options=(Option(name="half", help="all, or development or test, halves by digest.", kind="text", metavar="H"),),
        candidates="rankers",
    ),
)

PROTOCOLS: Mapping[str, ProtocolEntry] = {entry.name: entry for entry in _ENTRIES}
"""Name -> entry, in the order in which help and docs list them."""


def protocol_entry(name: str) -> ProtocolEntry:
    """The entry of the protocol called ``name``.

    Raises:
        SettingError: there is none; the hint lists those there are.
    """
    if name not in PROTOCOLS:
        raise SettingError(f"unknown protocol {name!r}", hint=f"protocols: {', '.join(PROTOCOLS)}")
    return PROTOCOLS[name]


def special_options() -> dict[str, tuple[Option, str]]:
    """Option name -> the option and its help, which names the protocols that have it."""
    found: dict[str, tuple[Option, list[str]]] = {}
    for entry in PROTOCOLS.values():
        for option in (*entry.files, *entry.options):
            found.setdefault(option.name, (option, []))[1].append(entry.name)
    return {name: (option, f"{', '.join(protocols)}: {option.help}") for name, (option, protocols) in found.items()}


def protocol_table() -> str:
    """The table of the docs, in Markdown."""
    rows = [f"| `{entry.name}` | {entry.question[0]} | {entry.how} |" for entry in PROTOCOLS.values()]
    return "\n".join(["| Protocol | Question | How |", "|---|---|---|", *rows])


def _resolve(path: str) -> Any:
    """``module:name`` -> the object."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
