"""Items: put, get, delete; alike items, feature text, audience."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Annotated

from fastapi import Body, Query, Request, Response

from fewrec.errors import SettingError, UnknownItemError
from fewrec.serving import answers
from fewrec.serving.http import EngineDep, IdempotencyKey, PathId, make_router, next_of, phrases_of, position
from fewrec.serving.problems import NOT_FOUND, STORING
from fewrec.serving.routes.storing import check_length, store_once, stored
from fewrec.serving.schemas import CountQuery, ItemBatch, ItemBody, LangQuery, SearchQuery
from fewrec.store import IngestCounts
from fewrec.store.changes import found_items, item_page
from fewrec.store.intake import record_items, remove_items
from fewrec.types import Recommendations

router = make_router("items")
_FILM = {"title": "流浪地球", "genres": ["科幻", "冒险"], "description": "人类推着地球离开太阳系。"}
_TWO = {"two": {"value": {"items": [{"item_id": "X", **_FILM}, {"item_id": "7", "title": "Notting Hill"}]}}}


@router.put("/v1/items/{item_id}", responses=STORING)
async def put_item(
    item_id: PathId, body: Annotated[ItemBody, Body(openapi_examples={"film": {"value": _FILM}})], engine: EngineDep
) -> answers.Stored:
    """Put an item: its columns replace those that were there. It can be recommended at once."""
    if body.item_id is not None and body.item_id != item_id:
        raise SettingError("the item_id of the body is not that of the path", hint="leave it out of the body")
    counts = await asyncio.wrap_future(engine.writer.submit(lambda c: record_items(c, [(item_id, body.fields())])))
    engine.metrics.items.inc()
    return stored(1, counts)


@router.post("/v1/items", responses=STORING)
async def post_items(
    body: Annotated[ItemBatch, Body(openapi_examples=_TWO)],
    request: Request,
    response: Response,
    engine: EngineDep,
    key: IdempotencyKey = None,
) -> answers.Stored:
    """Put a batch of items, all or none."""
    check_length(len(body.items), engine.settings.max_batch)
    items = [(item.item_id, item.fields()) for item in body.items]
    if len({item_id for item_id, _ in items}) < len(items):
        raise SettingError("an item_id stands twice in the batch", hint="send each item once")

    def job(connection: sqlite3.Connection) -> IngestCounts:
        return record_items(connection, items)

    return await store_once(request, response, engine, key, len(items), job, engine.metrics.items.inc)


@router.get("/v1/items")
async def list_items(query: Annotated[SearchQuery, Query()], engine: EngineDep) -> answers.ItemPage:
    """A page of items in order of arrival, all or those that hold a text."""
    after = position(query.after)
    look = found_items(query.q, after, query.limit + 1) if query.q else item_page(after, query.limit + 1)
    rows = await engine.compute(lambda: engine.store.read(look))
    items = [answers.ItemOut.model_validate({**fields, "item_id": item_id}) for _, item_id, fields in rows[: query.limit]]
    return answers.ItemPage(items=items, next=next_of(rows, query.limit))


@router.get("/v1/items/{item_id}/similar", responses=NOT_FOUND)
async def similar_items(item_id: PathId, query: Annotated[CountQuery, Query()], engine: EngineDep) -> answers.SimilarItems:
    """Items most like an item, by text and behaviour together."""
    live, _ = await engine.current(None)
    found = await engine.compute(lambda: live.similar(item_id, k=query.k))
    items = [answers.SimilarItem(item_id=each.item_id, title=each.title, score=each.score) for each in found]
    return answers.SimilarItems(item_id=item_id, items=items)


@router.get("/v1/items/{item_id}/features", responses=NOT_FOUND)
async def item_features(item_id: PathId, query: Annotated[LangQuery, Query()], engine: EngineDep) -> answers.Features:
    """What an item's vector says, in words."""
    live, _ = await engine.current(None)
    found = await engine.compute(lambda: live.features(item_id, lang=query.lang))
    return answers.Features(item_id=item_id, lang=found.lang, text=found.text, phrases=phrases_of(found))


@router.get("/v1/items/{item_id}/audience", responses=NOT_FOUND, response_model_exclude_unset=True)
async def item_audience(item_id: PathId, query: Annotated[CountQuery, Query()], engine: EngineDep) -> answers.Audience:
    """Known users whom an item suits and who have not met it."""
    live, _ = await engine.current(None)
    found = await engine.compute(lambda: live.audience(item_id, k=query.k))
    users = []
    for user, line in found:
        body = Recommendations(user, (line,)).to_dict()["items"][0]
        about = {key: body[key] for key in ("score", "uncertainty", "reasons")}
        users.append(answers.AudienceUser.model_validate({"user_id": user, **about}))
    return answers.Audience(item_id=item_id, users=users)


@router.get("/v1/items/{item_id}", responses=NOT_FOUND)
async def get_item(item_id: PathId, engine: EngineDep) -> answers.ItemOut:
    """An item's columns as they are stored."""
    fields = engine.store.item(item_id)
    if fields is None:
        raise UnknownItemError("there is no such item", hint="PUT it to add it")
    return answers.ItemOut.model_validate({**fields, "item_id": item_id})


@router.delete("/v1/items/{item_id}", responses={**STORING, **NOT_FOUND})
async def delete_item(item_id: PathId, engine: EngineDep) -> answers.Deleted:
    """Delete an item. It is shown to nobody any more; events on it stay."""
    n_deleted = await asyncio.wrap_future(engine.writer.submit(lambda c: remove_items(c, [item_id])))
    if not n_deleted:
        raise UnknownItemError("there is no such item", hint="it may have been deleted before")
    return answers.Deleted(deleted=n_deleted)
