"""Items: put, get, delete; alike items, feature text, audience."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.errors import SettingError, UnknownItemError
from fewrec.serving import answers, schemas
from fewrec.serving.openapi import add
from fewrec.serving.requests import (
    checked,
    decoded_body,
    engine_of,
    json_answer,
    json_of,
    next_of,
    path_id,
    position,
    query_of,
)
from fewrec.serving.routes.storing import check_length, no_query, repeatable, stored
from fewrec.store.changes import found_items, item_page
from fewrec.store.intake import record_items, remove_items
from fewrec.types import Recommendations

router = APIRouter()


async def put_item(request: Request) -> Response:
    """Put an item: its columns replace those that were there. It can be recommended at once."""
    item_id = path_id(request, "item_id")
    no_query(request)
    value, _ = await json_of(request)
    body = checked(schemas.ItemBody, value)
    if body.item_id is not None and body.item_id != item_id:
        raise SettingError("the item_id of the body is not that of the path", hint="leave it out of the body")
    engine = engine_of(request)
    counts = await asyncio.wrap_future(engine.writer.submit(lambda c: record_items(c, [(item_id, body.fields())])))
    engine.metrics.items.inc()
    return json_answer(stored(1, counts))


async def post_items(request: Request) -> Response:
    """Put a batch of items, all or none."""
    no_query(request)
    value, raw = await json_of(request)
    batch = checked(schemas.ItemBatch, value)
    engine = engine_of(request)
    check_length(len(batch.items), engine.settings.max_batch)
    items = [(item.item_id, item.fields()) for item in batch.items]
    if len({item_id for item_id, _ in items}) < len(items):
        raise SettingError("an item_id stands twice in the batch", hint="send each item once")
    return await repeatable(request, raw, len(items), lambda c: record_items(c, items), engine.metrics.items.inc)


async def get_item(request: Request) -> Response:
    """An item's columns as they are stored."""
    no_query(request)
    item_id = path_id(request, "item_id")
    fields = engine_of(request).store.item(item_id)
    if fields is None:
        raise UnknownItemError("there is no such item", hint="PUT it to add it")
    return json_answer({**fields, "item_id": item_id})


async def delete_item(request: Request) -> Response:
    """Delete an item. It is shown to nobody any more; events on it stay."""
    no_query(request)
    item_id = path_id(request, "item_id")
    n_deleted = await asyncio.wrap_future(engine_of(request).writer.submit(lambda c: remove_items(c, [item_id])))
    if not n_deleted:
        raise UnknownItemError("there is no such item", hint="it may have been deleted before")
    return json_answer({"deleted": n_deleted})


async def list_items(request: Request) -> Response:
    """A page of items in order of arrival, all or those that hold a text."""
    query = query_of(schemas.SearchQuery, request)
    engine, after = engine_of(request), position(query.after)
    look = found_items(query.q, after, query.limit + 1) if query.q else item_page(after, query.limit + 1)
    rows = await engine.compute(lambda: engine.store.read(look))
    items = [{**fields, "item_id": item_id} for _, item_id, fields in rows[: query.limit]]
    return json_answer({"items": items, "next": next_of(rows, query.limit)})


async def similar_items(request: Request) -> Response:
    """Items most like an item, by text and behaviour together."""
    query, item_id, engine = query_of(schemas.CountQuery, request), path_id(request, "item_id"), engine_of(request)
    live, _ = await engine.current(None)
    found = await engine.compute(lambda: live.similar(item_id, k=query.k))
    items = [{"item_id": each.item_id, "title": each.title, "score": each.score} for each in found]
    return json_answer({"item_id": item_id, "items": items})


async def item_features(request: Request) -> Response:
    """What an item's vector says, in words."""
    query, item_id, engine = query_of(schemas.LangQuery, request), path_id(request, "item_id"), engine_of(request)
    live, _ = await engine.current(None)
    found = await engine.compute(lambda: live.features(item_id, lang=query.lang))
    return json_answer(decoded_body(found, item_id=item_id))


async def item_audience(request: Request) -> Response:
    """Known users whom an item suits and who have not met it."""
    query, item_id, engine = query_of(schemas.CountQuery, request), path_id(request, "item_id"), engine_of(request)
    live, _ = await engine.current(None)
    found = await engine.compute(lambda: live.audience(item_id, k=query.k))
    users: list[dict[str, Any]] = []
    for user, line in found:
        body = Recommendations(user, (line,)).to_dict()["items"][0]
        users.append({"user_id": user, **{key: body[key] for key in ("score", "uncertainty", "reasons")}})
    return json_answer({"item_id": item_id, "users": users})


FILM = {"title": "流浪地球", "genres": ["科幻", "冒险"], "description": "人类推着地球离开太阳系。"}

add(
    router,
    "PUT",
    "/v1/items/{item_id}",
    put_item,
    answer=answers.Stored,
    body=(schemas.ItemBody,),
    examples={"film": FILM},
    tag="items",
)
add(
    router,
    "POST",
    "/v1/items",
    post_items,
    answer=answers.Stored,
    body=(schemas.ItemBatch,),
    repeatable=True,
    tag="items",
    examples={"two": {"items": [{"item_id": "X", **FILM}, {"item_id": "7", "title": "Notting Hill"}]}},
)
add(router, "GET", "/v1/items", list_items, answer=answers.ItemPage, query=schemas.SearchQuery, tag="items")
add(
    router,
    "GET",
    "/v1/items/{item_id}/similar",
    similar_items,
    answer=answers.SimilarItems,
    query=schemas.CountQuery,
    tag="items",
    errors=(404,),
)
add(
    router,
    "GET",
    "/v1/items/{item_id}/features",
    item_features,
    answer=answers.Features,
    query=schemas.LangQuery,
    tag="items",
    errors=(404,),
)
add(
    router,
    "GET",
    "/v1/items/{item_id}/audience",
    item_audience,
    answer=answers.Audience,
    query=schemas.CountQuery,
    tag="items",
    errors=(404,),
)
add(router, "GET", "/v1/items/{item_id}", get_item, answer=answers.ItemOut, tag="items", errors=(404,))
add(router, "DELETE", "/v1/items/{item_id}", delete_item, answer=answers.Deleted, tag="items", errors=(404,))
