"""The chat decoder against a real HTTP server that answers well, badly, late or never."""

from __future__ import annotations

import re
import socket
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fewrec import Recommender, sample
from fewrec.errors import MissingExtraError, SettingError
from fewrec.llm.chat import ChatConfig, ChatDecoder
from fewrec.llm.chat.endpoint import Endpoint
from fewrec.text import words

from .chat_server import completion, serving

QUICK = {"timeout_s": 0.5, "backoff_s": 0.01, "deadline_s": 5.0}


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    films = sample.load()
    return Recommender(model="popularity").fit(films.items, films.events)


def asked(recommender: Recommender, url: str, **settings: object):
    config = ChatConfig(base_url=url, model="m", api_key="secret", **{**QUICK, **settings})
    decoder = ChatDecoder(recommender.decoder, Endpoint(config), words=words)
    return recommender.describe(item="interstellar", lang="en", decoder=decoder)


def phrases(recommender: Recommender):
    return recommender.describe(item="interstellar", lang="en")


def test_a_true_sentence_is_the_text(recommender: Recommender) -> None:
    evidence = phrases(recommender)
    true = f"A work about {evidence.phrases[0].text}."
    with serving(f"{true} It won twelve Oscars.") as server:
        found = asked(recommender, server.url)
    assert found.text == true
    assert found.phrases == evidence.phrases
    assert len(found.notes) == 1
    assert "It won twelve Oscars" in found.notes[0]
    assert "oscar" in found.notes[0]


def test_the_model_is_shown_the_evidence_and_nothing_else(recommender: Recommender) -> None:
    with serving("x") as server:
        asked(recommender, server.url)
    (request,) = server.requests
    assert request["authorization"] == "Bearer secret"
    told = request["messages"][1]["content"]
    for phrase in phrases(recommender).phrases:
        assert phrase.text in told
    assert "interstellar" not in str(request["messages"]).lower()


def test_false_sentences_alone_fall_back_to_the_phrases(recommender: Recommender) -> None:
    with serving("A gripping western with horses. Rated best film ever.") as server:
        found = asked(recommender, server.url)
    assert found.text == phrases(recommender).text
    assert len(found.notes) == 3
    assert "nothing supported was left" in found.notes[-1]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"status": 500, "body": "{}"}, "HTTP 500"),
        ({"status": 503, "body": "<html>upstream</html>"}, "HTTP 503"),
        ({"status": 429, "body": "{}", "headers": {"Retry-After": "0.05"}}, "HTTP 429"),
        ({"body": "rubbish{"}, "no chat completion"),
        ({"body": "[1, 2]"}, "no chat completion"),
        ({"body": '{"choices": []}'}, "no chat completion"),
        ({"body": '{"error": "overloaded"}'}, "no chat completion"),
        ({"body": completion("")}, "without a text"),
        ({"body": "", "headers": {"Content-Type": "text/html"}}, "no chat completion|without a text"),
        ({"body": completion("late"), "wait_s": 2.0}, "in time|no answer within"),
        ({"body": completion("drip, drip, drip"), "drip_s": 0.1}, "in time|no answer within"),
    ],
)
def test_failures_are_tried_again_reported_and_bounded(recommender: Recommender, bad: dict, told: str) -> None:
    with serving(bad) as server:
        started = time.monotonic()
        found = asked(recommender, server.url, n_attempts=2, timeout_s=0.3)
        took = time.monotonic() - started
    assert len(server.requests) == 2
    assert took < 5
    assert found.text == phrases(recommender).text
    assert found.phrases == phrases(recommender).phrases
    (note,) = found.notes
    assert re.search(told, note)
    assert "after 2 attempts" in note
    assert "phrases are shown" in note


def test_a_second_attempt_may_succeed(recommender: Recommender) -> None:
    true = f"About {phrases(recommender).phrases[0].text}."
    with serving({"status": 500, "body": "{}"}, {"status": 429, "body": "{}"}, true) as server:
        found = asked(recommender, server.url)
    assert found.text == true
    assert found.notes == ()
    assert len(server.requests) == 3


def test_a_server_that_asks_to_wait_is_waited_for(recommender: Recommender) -> None:
    true = f"About {phrases(recommender).phrases[0].text}."
    with serving({"status": 429, "body": "{}", "headers": {"Retry-After": "0.4"}}, true) as server:
        assert asked(recommender, server.url).text == true
    assert server.times[1] - server.times[0] >= 0.4


def test_waits_end_with_the_deadline(recommender: Recommender) -> None:
    with serving({"status": 429, "body": "{}", "headers": {"Retry-After": "60"}}) as server:
        started = time.monotonic()
        found = asked(recommender, server.url, deadline_s=1.0)
        assert time.monotonic() - started < 3
    assert "HTTP 429" in found.notes[0]
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_not_tried_again(recommender: Recommender, status: int) -> None:
    with serving({"status": status, "body": '{"error": {"message": "no such model"}}'}) as server:
        found = asked(recommender, server.url)
    assert len(server.requests) == 1
    assert f"refused: HTTP {status}" in found.notes[0]
    assert found.text == phrases(recommender).text


def test_nobody_there(recommender: Recommender) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = asked(recommender, f"http://127.0.0.1:{port}/v1", n_attempts=2)
    assert "cannot be reached" in found.notes[0]
    assert found.text == phrases(recommender).text


def test_nothing_is_asked_about_nothing(recommender: Recommender) -> None:
    with serving("x") as server:
        decoder = ChatDecoder(recommender.decoder, Endpoint(ChatConfig(base_url=server.url, model="m")), words=words)
        found = decoder.decode(np.zeros(512, dtype=np.float32), lang="zh")
    assert found.phrases == ()
    assert server.requests == []


def test_settings_come_from_the_environment() -> None:
    environment = {
        "FEWREC_CHAT_BASE_URL": "http://localhost:1/v1",
        "FEWREC_CHAT_MODEL": "qwen",
        "OPENAI_API_KEY": "k",
        "FEWREC_CHAT_N_ATTEMPTS": "5",
        "FEWREC_CHAT_TIMEOUT_S": "2.5",
    }
    config = ChatConfig.from_environment(environment)
    assert (config.base_url, config.model, config.api_key) == ("http://localhost:1/v1", "qwen", "k")
    assert (config.n_attempts, config.timeout_s) == (5, 2.5)
    assert "'k'" not in repr(config)
    for broken, told in (
        ({}, "FEWREC_CHAT_BASE_URL and FEWREC_CHAT_MODEL not set"),
        ({**environment, "FEWREC_CHAT_TIMEOUT_S": "soon"}, "TIMEOUT_S=soon, expected a number"),
        ({**environment, "FEWREC_CHAT_N_ATTEMPTS": "0"}, "n_attempts"),
        ({**environment, "FEWREC_CHAT_BASE_URL": "localhost"}, "address is 'localhost'"),
    ):
        with pytest.raises(SettingError, match=told):
            ChatConfig.from_environment(broken)


def test_a_missing_client_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingExtraError) as caught:
        Endpoint(ChatConfig(base_url="http://localhost:1", model="m"))
    assert caught.value.hint == "pip install 'fewrec[api]'"


def test_a_local_model_in_its_place(recommender: Recommender, tmp_path: Path) -> None:
    """A tiny random model babbles: nothing it says is supported, and the phrases stand. Llama counts positions as it goes."""
    from transformers import AutoConfig

    from fewrec.testing import tiny_model

    folder = tiny_model(tmp_path / "lm", "llama")
    short = recommender.describe(item="interstellar", lang="en", decoder=f"chat:{folder}")
    assert "has 128 positions" in short.notes[0]
    config = AutoConfig.from_pretrained(folder)
    config.max_position_embeddings = 1024
    config.save_pretrained(tmp_path / "config")
    (folder / "config.json").write_bytes((tmp_path / "config" / "config.json").read_bytes())
    found = recommender.describe(item="interstellar", lang="en", decoder=f"chat:{tmp_path / '.' / 'lm'}/")
    assert found.text == phrases(recommender).text
    assert found.phrases == phrases(recommender).phrases
    assert found.notes
    assert "positions" not in found.notes[0]


@pytest.mark.parametrize("name", ["phrase", "lm:", "gpt"])
def test_a_name_that_is_none(recommender: Recommender, name: str) -> None:
    with pytest.raises(SettingError, match=r"there is no decoder|needs an argument"):
        recommender.describe(item="interstellar", decoder=name)
