"""The routes, through the real application: what is stored counts at once, lists are the recommender's, errors have one shape."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewrec.fitting import fit_store
from fewrec.recommender import Recommender
from fewrec.sample import films
from fewrec.serving import Client
from fewrec.store import Store

from .conftest import listening

MARTIAN = {"title": "火星救援", "genres": ["科幻", "冒险"], "description": "一名宇航员被独自留在火星上，靠科学求生"}
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda t: t.strip(".")
)


def ids(answer: dict) -> list[str]:
    return [line["item_id"] for line in answer["items"]]


def recommended(api: TestClient, user: str, **query: object) -> dict:
    answer = api.get(f"/v1/users/{quote(user, safe='')}/recommendations", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(api: TestClient, *events: dict, **headers: str) -> dict:
    answer = api.post("/v1/events", json={"events": list(events)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_lists_are_those_of_the_recommender_and_add_up(api: TestClient, store_path) -> None:
    with Store.open(store_path) as store:
        fit = store.current_fit()
        assert fit is not None
        recommender = Recommender.load(fit[0], history=store)
        expected = recommender.recommend(recommender.taste("u01"), k=5).to_dict()
    assert recommended(api, "u01", k=5) == expected
    for line in expected["items"]:
        assert sum(reason["contribution"] for reason in line["reasons"]) == pytest.approx(line["score"], abs=1e-4)
    bare = recommended(api, "u01", k=5, explain="false")
    assert ids(bare) == ids(expected)
    assert all("reasons" not in line for line in bare["items"])


def test_an_event_shows_in_the_very_next_answer(api: TestClient) -> None:
    before = recommended(api, "new user", k=66)
    assert len(before["items"]) == 66
    assert post(api, {"user_id": "new user", "item_id": "interstellar", "event": "like"})["new"] == 1
    after = recommended(api, "new user", k=66)
    assert "interstellar" not in ids(after)
    assert {reason["kind"] for line in after["items"] for reason in line["reasons"]} == {"prior", "like"}
    post(api, {"user_id": "new user", "item_id": "interstellar", "event": "dislike"})
    turned = recommended(api, "new user", k=66)
    assert {reason["kind"] for line in turned["items"] for reason in line["reasons"]} == {"prior", "dislike"}
    api.post("/v1/statements", json={"user_id": "new user", "text": "我对科幻片很感兴趣"})
    said = recommended(api, "new user", k=3)
    assert "statement" in {reason["kind"] for reason in said["items"][0]["reasons"]}
    events = api.get("/v1/users/new%20user/events").json()["events"]
    assert [event["event"] for event in events] == ["like", "dislike"]
    assert api.get("/v1/users/new%20user/profile", params={"lang": "zh"}).json()["text"].startswith("喜欢：")


def test_a_repeated_list_comes_from_memory_until_something_changes(api: TestClient) -> None:
    def computed() -> float:
        lines = api.get("/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith('fewrec_cache_total{outcome="miss"}'))

    start = computed()
    for _ in range(3):
        recommended(api, "u02", k=4)
    assert computed() == start + 1
    post(api, {"user_id": "somebody else", "item_id": "interstellar", "event": "like"})
    recommended(api, "u02", k=4)
    assert computed() == start + 1
    post(api, {"user_id": "u02", "item_id": "interstellar", "event": "like"})
    recommended(api, "u02", k=4)
    assert computed() == start + 2
    api.put("/v1/items/other", json={"title": "Other"})
    recommended(api, "u02", k=4)
    assert computed() == start + 3


def test_a_new_item_is_recommended_at_once_by_its_text(api: TestClient) -> None:
    assert api.put("/v1/items/martian", json=MARTIAN).json() == {"accepted": 1, "new": 1, "changed": 0, "same": 0}
    asked = {"say": ["我想看宇航员，科幻片"], "k": 10}
    found = api.post("/v1/recommendations", json=asked).json()
    assert "martian" in ids(found)
    line = next(line for line in found["items"] if line["item_id"] == "martian")
    assert line["title"] == "火星救援"
    assert sum(reason["contribution"] for reason in line["reasons"]) == pytest.approx(line["score"], abs=1e-4)
    assert line["uncertainty"] > 0
    scores = [line["score"] for line in found["items"]]
    assert scores == sorted(scores, reverse=True)
    assert "gravity" in [each["item_id"] for each in api.get("/v1/items/martian/similar", params={"k": 3}).json()["items"]]
    assert "martian" in [each["item_id"] for each in api.get("/v1/items/gravity/similar", params={"k": 5}).json()["items"]]
    text = api.get("/v1/items/martian/features", params={"lang": "zh"}).json()["text"]
    assert "科幻" in text  # what it shares with others, and not its name
    assert "火星救援" not in text
    assert len(api.get("/v1/items/martian/audience", params={"k": 3}).json()["users"]) == 3
    # liking it is an observation, and hides it
    post(api, {"user_id": "fan", "item_id": "martian", "event": "like"})
    liked = recommended(api, "fan", k=10)
    assert "martian" not in ids(liked)
    reason = next(reason for reason in liked["items"][0]["reasons"] if reason["kind"] == "like")
    assert (reason["item_id"], reason["title"]) == ("martian", "火星救援")
    assert "martian" in ids(recommended(api, "fan", k=67, include_seen="true"))
    told = api.post("/v1/recommendations", json={"like": ["martian"], "dislike": ["wall-e"], "k": 3}).json()
    assert {reason["kind"] for reason in told["items"][0]["reasons"]} == {"prior", "like", "dislike"}


def test_items_change_and_go_at_once(api: TestClient) -> None:
    first = ids(recommended(api, "u03", k=1))[0]
    api.put(f"/v1/items/{first}", json={"title": "Another title", "genres": "新类"})
    shown = recommended(api, "u03", k=1)["items"][0]
    assert (shown["item_id"], shown["title"]) == (first, "Another title")
    assert ids(recommended(api, "u03", where="genres=新类")) == [first]
    assert api.get(f"/v1/items/{first}").json() == {"item_id": first, "title": "Another title", "genres": "新类"}
    assert api.delete(f"/v1/items/{first}").json() == {"deleted": 1}
    assert first not in ids(recommended(api, "u03", k=66))
    for path in ("", "/similar", "/features", "/audience"):
        assert api.get(f"/v1/items/{first}{path}").status_code == 404
    assert api.delete(f"/v1/items/{first}").status_code == 404
    api.put(f"/v1/items/{first}", json={"title": "Back"})
    assert recommended(api, "u03", k=1)["items"][0]["title"] == "Back"


def test_a_batch_is_stored_whole_or_not_at_all(api: TestClient) -> None:
    good = {"user_id": "batch", "item_id": "wall-e", "event": "like"}
    for bad in (
        {"event": "rating"},
        {"event": " "},
        {"value": -1},
        {"user_id": ""},
        {"timestamp": "yesterday"},
        {"colour": "red"},
        {"item_id": 7},
    ):
        answer = api.post("/v1/events", json={"events": [good, good | bad]})
        assert answer.status_code == 422, bad
        assert answer.json()["errors"][0]["where"].startswith("body/events/1"), answer.json()
    assert api.get("/v1/users/batch/events").json()["events"] == []
    assert post(api, good, good | {"event": "Rating ", "value": 5, "timestamp": "2025-03-01T20:15:00+08:00"})["new"] == 2
    event = api.get("/v1/users/batch/events").json()["events"][1]
    assert (event["event"], event["value"], event["timestamp"]) == ("rating", 5.0, 1740831300.0)
    items = {"items": [{"item_id": "a", "title": "A"}, {"item_id": "a", "title": "B"}]}
    assert api.post("/v1/items", json=items).status_code == 422
    assert api.get("/v1/items/a").status_code == 404
    assert api.post("/v1/items", json={"items": items["items"][:1]}).json()["new"] == 1


def test_an_idempotency_key_does_a_request_once(api: TestClient) -> None:
    event = {"user_id": "twice", "item_id": "wall-e", "event": "view"}
    first = api.post("/v1/events", json=event, headers={"Idempotency-Key": "k1"})
    again = api.post("/v1/events", json=event, headers={"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert len(api.get("/v1/users/twice/events").json()["events"]) == 1
    other = api.post("/v1/events", json=event | {"event": "like"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:fewrec:problem:idempotency-key-reused")
    assert api.post("/v1/events", json=event, headers={"Idempotency-Key": " "}).status_code == 400
    api.post("/v1/events", json=event)
    assert len(api.get("/v1/users/twice/events").json()["events"]) == 2
    for path, body in (
        ("/v1/statements", {"user_id": "twice", "text": "科幻"}),
        ("/v1/items", {"items": [{"item_id": "n", "title": "N"}]}),
    ):
        answers = [api.post(path, json=body, headers={"Idempotency-Key": "k" + path}) for _ in range(2)]
        assert [answer.json()["new"] for answer in answers] == [1, 1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(user=IDS, item=IDS)
def test_any_id_comes_back_as_it_went_in(api: TestClient, user: str, item: str) -> None:
    assert api.put(f"/v1/items/{quote(item, safe='')}", json={"title": item}).status_code == 200
    assert api.get(f"/v1/items/{quote(item, safe='')}").json() == {"title": item, "item_id": item}
    post(api, {"user_id": user, "item_id": item, "event": "like"})
    events = api.get(f"/v1/users/{quote(user, safe='')}/events").json()["events"]
    assert (events[-1]["user_id"], events[-1]["item_id"]) == (user, item)
    found = recommended(api, user, k=1)
    assert found["user"] == user
    assert item in [reason.get("item_id") for reason in found["items"][0]["reasons"]]
    assert api.delete(f"/v1/items/{quote(item, safe='')}").json() == {"deleted": 1}


def test_pages_lead_through_everything_once(api: TestClient) -> None:
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.get("/v1/items", params={"limit": 20, "after": after}).json()
        seen += ids(page)
        after = page["next"]
    assert len(seen) == len(set(seen)) == 66
    assert "interstellar" in ids(api.get("/v1/items", params={"q": "Interstellar"}).json())
    users = api.get("/v1/users", params={"limit": 1000}).json()
    assert len(users["users"]) == 43
    assert users["next"] is None
    assert api.get("/v1/items", params={"after": "x"}).status_code == 422
    lines = [json.loads(line) for line in api.get("/v1/export").text.splitlines()]
    assert [sum(line["type"] == kind for line in lines) for kind in ("item", "event", "statement")] == [66, 485, 3]


def test_filters_diversity_exploration_and_questions(api: TestClient) -> None:
    assert ids(recommended(api, "u05", allow=["wall-e", "ring"], deny="ring")) == ["wall-e"]
    varied = recommended(api, "u05", diversity=1)
    assert varied["items"] != recommended(api, "u05")["items"]
    assert recommended(api, "u05", exploration=1) == recommended(api, "u05", exploration=1)
    asked = api.post("/v1/recommendations", json={"say": ["science fiction"], "where": {"genres": ["动画"]}, "k": 3}).json()
    for line in asked["items"]:
        assert "动画" in api.get(f"/v1/items/{line['item_id']}").json()["genres"]
    answer = api.get("/v1/users/u05/recommendations", params={"where": "nothing=x"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:fewrec:problem:unusable-option")
    known = api.get("/v1/users/u05/questions", params={"k": 3}).json()["questions"]
    visitor = (
        api.post("/v1/questions", json={"like": ["wall-e"], "k": 66}).status_code,
        api.post("/v1/questions", json={"like": ["wall-e"]}).json(),
    )
    assert (len(known), visitor[0], len(visitor[1]["questions"])) == (3, 422, 5)
    assert "wall-e" not in [each["item_id"] for each in visitor[1]["questions"]]


def test_forgetting_leaves_nothing(api: TestClient, store_path) -> None:
    post(api, {"user_id": "secret-user", "item_id": "wall-e", "event": "like", "text": "a very private remark"})
    recommended(api, "secret-user")
    answer = api.delete("/v1/users/secret-user")
    assert answer.json()["events"] == 1
    assert api.get("/v1/users/secret-user/events").json()["events"] == []
    assert api.get("/v1/users/secret-user/profile").status_code == 404
    assert api.delete("/v1/users/secret-user").status_code == 404
    assert recommended(api, "secret-user")["items"] == recommended(api, "nobody")["items"]


def test_the_hit_rate_of_what_was_shown(api: TestClient) -> None:
    shown = ids(recommended(api, "watcher", k=4))
    post(
        api,
        {"user_id": "watcher", "item_id": shown[0], "event": "like"},
        {"user_id": "watcher", "item_id": shown[1], "event": "rating", "value": 1},
    )
    post(api, {"user_id": "watcher", "item_id": "never shown", "event": "like"})
    (day,) = api.get("/v1/quality").json()["days"]
    assert (day["users"], day["shown"], day["met"], day["liked"], day["hit_rate"], day["liked_rate"]) == (1, 4, 2, 1, 0.5, 0.25)


@pytest.mark.parametrize("rated_before", [True, False])
def test_quality_judges_ratings_on_the_scale_found_in_the_data(
    serve: Callable[..., TestClient], tmp_path: Path, rated_before: bool
) -> None:
    """4 of 10 is no like, 8 of 10 is: whether the fit saw ratings or they came after it."""
    path, data = tmp_path / "tens", films.load()
    items = data.items["item_id"].to_list()
    rating = [(f"r{n % 5}", items[n], "rating", float(n % 10 + 1)) for n in range(40)]
    liking = [(f"l{n % 5}", items[n], "like", None) for n in range(20)]
    with Store.open(path, create=True) as store:
        store.put_items(data.items)
        rows = liking + (rating if rated_before else [])
        schema = {"user_id": pl.String, "item_id": pl.String, "event": pl.String, "value": pl.Float64}
        store.add_events(pl.DataFrame(rows, schema=schema, orient="row").with_columns(timestamp=pl.lit(None, pl.Float64)))
        fit_store(store, encoder="default", model="taste")
    api = serve(path)
    if not rated_before:
        post(api, *({"user_id": u, "item_id": i, "event": e, "value": v} for u, i, e, v in rating))
    shown = ids(recommended(api, "watcher", k=4))
    for item, value in zip(shown, (4, 7, 8, 10), strict=True):
        post(api, {"user_id": "watcher", "item_id": item, "event": "rating", "value": value})
    (day,) = api.get("/v1/quality").json()["days"]
    assert (day["shown"], day["met"], day["liked"]) == (4, 4, 2)


def test_one_error_shape_on_every_route(api: TestClient) -> None:
    document = api.get("/openapi.json").json()
    n_routes = 0
    for path, methods in document["paths"].items():
        for method in methods:
            if (method, path) in {("delete", "/v1/users/{user_id}"), ("delete", "/v1/items/{item_id}")}:
                continue
            url = path.replace("{item_id}", "%FF").replace("{user_id}", "%FF")  # not UTF-8
            url += "?no_such_option=1" if "%" not in url else ""
            answer = api.request(method, url, content=b"{", headers={"content-type": "application/json"})
            assert 400 <= answer.status_code < 500, (method, path, answer.status_code)
            check_problem(answer)
            n_routes += 1
    assert n_routes > 20
    for answer in (
        api.get("/v1/nothing"),
        api.patch("/v1/items"),
        api.post("/v1/events", content="x"),
        api.get("/v1/items/absent"),
    ):
        check_problem(answer)
    assert api.get("/v1/items/interstellarr/similar").json()["hint"] == "did you mean interstellar?"


def check_problem(answer) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= {"type", "title", "status", "detail", "request_id"}
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["type"].startswith("urn:fewrec:problem:")


def test_before_the_first_fit_events_are_taken_and_a_fit_begins_by_itself(serve: Callable[..., TestClient], tmp_path) -> None:
    api = serve(tmp_path / "empty", model="taste", refit_interval_s=1.0)
    assert api.get("/v1/ready").json() == {"status": "ready", "fit": None}
    answer = api.get("/v1/users/ann/recommendations")
    assert (answer.status_code, answer.json()["type"], answer.headers["retry-after"]) == (
        503,
        "urn:fewrec:problem:not-fitted",
        "2",
    )
    assert api.post("/v1/fits").status_code == 422
    post(api, {"user_id": "ann", "item_id": "a", "event": "like"})
    titles = ["space travel", "a love story", "haunted house", "space war", "romance in Paris", "ghosts"]
    api.post("/v1/items", json={"items": [{"item_id": "abcdef"[n], "title": title} for n, title in enumerate(titles)]})
    deadline = time.monotonic() + 60
    while (answer := api.get("/v1/users/ann/recommendations")).status_code != 200:
        assert time.monotonic() < deadline, api.get("/v1/fits").text
        time.sleep(0.1)
    assert ids(answer.json())[0] == "d"
    fits = api.get("/v1/fits").json()
    assert fits["jobs"][0]["state"] == "done"
    assert (fits["current"]["model"], fits["current"]["items"]) == ("taste", 6)


def test_requests_are_understood_and_their_matches_shown(api: TestClient) -> None:
    api.put("/v1/items/martian", json=MARTIAN)  # a list with an item that came after the fit keeps all of it too
    found = api.post("/v1/recommendations", json={"want": ["不要恐怖的科幻片"], "k": 20}).json()
    wanted = next(claim for claim in found["understood"] if claim["polarity"] > 0)
    assert wanted["kind"] == "category"
    assert wanted["matched"] > 3
    reasons = [reason for reason in found["items"][0]["reasons"] if reason["kind"] == "request"]
    assert reasons
    assert any("科幻" in why["text"] for reason in reasons for why in reason["matched"])
    assert {"claim", "column", "text"} == set(reasons[0]["matched"][0])
    line = next(line for line in found["items"] if line["item_id"] == "martian")
    assert sum(reason["contribution"] for reason in line["reasons"]) == pytest.approx(line["score"], abs=1e-4)
    strict, loose = (
        api.post("/v1/recommendations", json={"want": ["科幻片"], "focus": focus, "k": 10}).json() for focus in (1, 0)
    )
    answers = [
        [any(reason.get("matched") for reason in line["reasons"]) for line in found["items"]] for found in (strict, loose)
    ]
    assert all(answers[0])
    assert not all(answers[1])
    for route in ("profile", "questions"):
        assert api.post(f"/v1/{route}", json={"want": ["科幻片"]}).status_code == 200
    assert api.post("/v1/profile", json={"want": ["科幻片"]}).json() != api.post("/v1/profile", json={}).json()
    assert api.post("/v1/recommendations", json={"focus": 2}).status_code == 422


def test_a_known_users_sentences_are_shown_as_understood(api: TestClient) -> None:
    api.post("/v1/statements", json={"user_id": "said", "text": "我喜欢科幻片"})
    told = recommended(api, "said", k=5, focus=0.5)
    assert [(claim["kind"], claim["polarity"]) for claim in told["understood"]] == [("category", 1.0)]
    assert told["unmatched"] == []
    assert "nearest" not in told
    assert {reason["kind"] for reason in told["items"][0]["reasons"]} == {"prior", "statement"}
    strange = api.post("/v1/recommendations", json={"want": ["量子斗牛"]}).json()
    assert strange["unmatched"] == ["量子斗牛"]
    assert len(strange["nearest"]) > 0


def test_the_client_reads_what_was_understood(store_path) -> None:
    with listening(store_path, log_requests=False) as url, Client(url) as service:
        found = service.recommend(want=["想看科幻片"], focus=1.0, k=3)
        assert found.understood[0].kind == "category"
        assert found.understood[0].polarity > 0
        reason = next(reason for reason in found.items[0].reasons if reason.kind == "request")
        assert reason.matched[0].column == "genres"
        assert service.profile(want=["科幻片"]).text != service.profile().text
        assert len(service.questions(want=["科幻片"])) == 5
