"""Lists, tastes in words and questions: for known users, and for somebody described in the request."""

from __future__ import annotations

from hashlib import blake2b

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.errors import UnknownUserError
from fewrec.ranking import Filters
from fewrec.serving import answers, schemas
from fewrec.serving.live import Live, where_of
from fewrec.serving.openapi import add
from fewrec.serving.requests import checked, decoded_body, engine_of, json_answer, json_of, list_body, path_id, query_of
from fewrec.serving.routes.storing import no_query
from fewrec.types import Recommendations

router = APIRouter()


async def recommend_to_user(request: Request) -> Response:
    """The list of a known user; somebody without a history gets what suits anybody."""
    query, user, engine = query_of(schemas.ListQuery, request), path_id(request, "user_id"), engine_of(request)
    live, version = await engine.current(user)
    key = ("list", user, request.scope["query_string"])
    body = engine.cache.get(key, version)
    if body is None:
        engine.metrics.misses.inc()
        filters = Filters(allow=query.allow or None, deny=query.deny, where=query.conditions(), include_seen=query.include_seen)

        def work() -> tuple[Recommendations, bytes]:
            found = _list(live, user, schemas.Asker(), filters, query)
            return found, list_body(found, explain=query.explain)

        found, computed = await engine.compute(work)
        body = computed
        engine.cache.put(key, version, computed)
        engine.was_shown(user, [line.item_id for line in found.items])
    else:
        engine.metrics.hits.inc()
    return Response(body, media_type="application/json")


async def recommend(request: Request) -> Response:
    """A list for somebody described by examples and sentences. Nothing about the asker is stored."""
    no_query(request)
    value, raw = await json_of(request)
    asked, engine = checked(schemas.AskedList, value), engine_of(request)
    live, version = await engine.current(asked.user_id)
    key = ("asked", blake2b(raw, digest_size=16).digest())
    body = engine.cache.get(key, version)
    if body is None:
        engine.metrics.misses.inc()
        filters = Filters(allow=asked.allow, deny=asked.deny, where=where_of(asked.where), include_seen=asked.include_seen)

        def work() -> bytes:
            return list_body(_list(live, asked.user_id, asked, filters, asked), explain=asked.explain)

        body = await engine.compute(work)
        engine.cache.put(key, version, body)
    else:
        engine.metrics.hits.inc()
    return Response(body, media_type="application/json")


def _list(
    live: Live, user: str | None, asker: schemas.Asker, filters: Filters, options: schemas.ListOptions
) -> Recommendations:
    taste = live.taste(user, like=asker.like, dislike=asker.dislike, say=asker.say)
    return live.recommend(taste, k=options.k, filters=filters, diversity=options.diversity, exploration=options.exploration)


async def user_profile(request: Request) -> Response:
    """A known user's taste in words."""
    query, user, engine = query_of(schemas.LangQuery, request), path_id(request, "user_id"), engine_of(request)
    if not engine.store.user_exists(user):
        raise UnknownUserError("nothing is stored about this user", hint="post events or statements, or POST /v1/profile")
    live, _ = await engine.current(user)
    found = await engine.compute(lambda: live.profile(live.taste(user), lang=query.lang))
    return json_answer(decoded_body(found, user=user))


async def profile(request: Request) -> Response:
    """The taste in words of somebody described in the request. Nothing is stored."""
    no_query(request)
    asked, engine = checked(schemas.AskedProfile, (await json_of(request))[0]), engine_of(request)
    live, _ = await engine.current(None)
    found = await engine.compute(
        lambda: live.profile(live.taste(like=asked.like, dislike=asked.dislike, say=asked.say), lang=asked.lang)
    )
    return json_answer(decoded_body(found, user=None))


async def user_questions(request: Request) -> Response:
    """Items worth asking a user about: the answers would improve her list most."""
    query, user, engine = query_of(schemas.QuestionsQuery, request), path_id(request, "user_id"), engine_of(request)
    live, _ = await engine.current(user)
    return await _questions(request, live, user, schemas.Asker(), query.k)


async def questions(request: Request) -> Response:
    """What to ask somebody described in the request. Nothing is stored."""
    no_query(request)
    asked, engine = checked(schemas.AskedQuestions, (await json_of(request))[0]), engine_of(request)
    live, _ = await engine.current(None)
    return await _questions(request, live, None, asked, asked.k)


async def _questions(request: Request, live: Live, user: str | None, asker: schemas.Asker, k: int) -> Response:
    found = await engine_of(request).compute(
        lambda: live.questions(live.taste(user, like=asker.like, dislike=asker.dislike, say=asker.say), k=k)
    )
    listed = [{"item_id": each.item_id, "title": each.title, "gain": each.gain} for each in found]
    return json_answer({"questions": listed})


ASKER = {"like": ["X"], "dislike": ["7"], "say": ["我对科幻片很感兴趣"]}
add(
    router,
    "GET",
    "/v1/users/{user_id}/recommendations",
    recommend_to_user,
    answer=answers.Recommended,
    query=schemas.ListQuery,
    tag="lists",
    errors=(404,),
)
add(
    router,
    "POST",
    "/v1/recommendations",
    recommend,
    answer=answers.Recommended,
    body=(schemas.AskedList,),
    examples={"visitor": {**ASKER, "k": 10}},
    tag="lists",
    errors=(404,),
)
add(
    router,
    "GET",
    "/v1/users/{user_id}/profile",
    user_profile,
    answer=answers.Profile,
    query=schemas.LangQuery,
    tag="lists",
    errors=(404,),
)
add(
    router,
    "POST",
    "/v1/profile",
    profile,
    answer=answers.Profile,
    body=(schemas.AskedProfile,),
    examples={"visitor": {**ASKER, "lang": "en"}},
    tag="lists",
    errors=(404,),
)
add(
    router,
    "GET",
    "/v1/users/{user_id}/questions",
    user_questions,
    answer=answers.Questions,
    query=schemas.QuestionsQuery,
    tag="lists",
    errors=(404,),
)
add(
    router,
    "POST",
    "/v1/questions",
    questions,
    answer=answers.Questions,
    body=(schemas.AskedQuestions,),
    examples={"visitor": {**ASKER, "k": 5}},
    tag="lists",
    errors=(404,),
)
