"""The description of the API is complete, stable and true."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from backend.domain.conversation import effects, events
from backend.domain.conversation.codec import EFFECT_TYPES, EVENT_TYPES
from backend.domain.conversation.effects import CommitTurn, HangUp, PublishLatency, ReplyKind, StartReply
from backend.domain.conversation.events import CallerLeft, CallStarted, SpeechStopped
from backend.domain.entities.call import EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.instant import ms
from backend.interfaces.http.app import create_app
from backend.interfaces.http.schemas.timeline import TimelinePage, encode_page
from tests.support.http import a_site
from tests.support.storage_builders import a_turn, an_entry

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@pytest.fixture
async def document(tmp_path: Any) -> dict[str, Any]:
    async with a_site(tmp_path) as site:
        response = await site.client.get("/openapi.json")
    served: dict[str, Any] = response.json()
    return served


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_all_routes_of_the_outline_are_there(document: dict[str, Any]) -> None:
    one_agent, one_call = "/api/config/agents/{agent_id}", "/api/history/calls/{call_id}"
    one_campaign = "/api/campaigns/{campaign_id}"
    providers, keys, retention = "/api/config/providers", "/api/config/keys", "/api/config/retention"
    assert {name for name, _ in operations(document)} == {
        "GET /api/session",
        "GET /api/config/agents",
        "POST /api/config/agents",
        f"GET {one_agent}",
        f"PUT {one_agent}",
        f"DELETE {one_agent}",
        f"POST {one_agent}/archive",
        f"POST {one_agent}/unarchive",
        f"GET {one_agent}/versions",
        f"GET {one_agent}/versions/{{version}}",
        f"GET {keys}",
        f"POST {keys}",
        f"DELETE {keys}/{{key_id}}",
        f"GET {retention}",
        f"PUT {retention}",
        "GET /api/config/carriers",
        "GET /api/config/numbers",
        "POST /api/config/numbers",
        "GET /api/config/numbers/{line_id}",
        "PUT /api/config/numbers/{line_id}",
        "DELETE /api/config/numbers/{line_id}",
        "GET /api/config/options",
        "POST /api/config/voices/preview",
        f"GET {providers}",
        f"POST {providers}",
        f"PUT {providers}/{{account_id}}",
        f"DELETE {providers}/{{account_id}}",
        f"POST {providers}/test",
        f"POST {providers}/{{account_id}}/test",
        "POST /api/calls/tickets",
        "GET /api/calls",
        "POST /api/calls",
        "GET /api/calls/{order_id}",
        "DELETE /api/calls/{order_id}",
        "GET /api/campaigns",
        "POST /api/campaigns",
        f"GET {one_campaign}",
        f"POST {one_campaign}/pause",
        f"POST {one_campaign}/resume",
        f"POST {one_campaign}/stop",
        f"GET {one_campaign}/calls",
        f"GET {one_campaign}/export",
        "POST /api/live/tickets",
        "GET /api/history/calls",
        "GET /api/history/export",
        "GET /api/history/stats",
        f"GET {one_call}",
        f"PATCH {one_call}",
        f"GET {one_call}/timeline",
        f"GET {one_call}/recording",
        f"DELETE {one_call}",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "POST /webhook/{carrier}",
        "POST /webhook/{carrier}/{path}",
    }


def test_operations_have_short_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and len(name) < 24 for name in names)


def test_every_error_is_a_problem_document(document: dict[str, Any]) -> None:
    seen = 0
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if status[0] in "45" and name != "GET /health/ready":
                assert response["content"] == PROBLEM, (name, status)
                seen += 1
    assert seen > 60


def test_what_needs_a_key_says_so(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert ("security" in operation) is ("/api/" in name), name
        if "/api/" in name:
            assert "401" in operation["responses"], name


def test_nothing_of_the_frameworks_own_errors_is_left(document: dict[str, Any]) -> None:
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])


@pytest.mark.parametrize(("place", "types"), [("event", EVENT_TYPES), ("effects", EFFECT_TYPES)])
def test_every_event_and_effect_is_a_variant_told_apart_by_its_type(
    document: dict[str, Any], place: str, types: dict[str, type]
) -> None:
    schemas = document["components"]["schemas"]
    union = schemas["TimelineEntry"]["properties"][place]
    union = union.get("items", union)
    assert union["discriminator"]["propertyName"] == "type"
    assert set(union["discriminator"]["mapping"]) == set(types)
    for name, reference in union["discriminator"]["mapping"].items():
        variant = schemas[reference.rpartition("/")[2]]
        assert variant["properties"]["type"]["const"] == name
        assert set(variant["required"]) == {"type", *(field.name for field in fields(types[name]))}


def test_the_codec_knows_every_event_and_effect_of_the_domain() -> None:
    assert set(EVENT_TYPES.values()) == set(get_args(events.Event))
    assert set(EFFECT_TYPES.values()) == set(get_args(effects.Effect))


def test_what_the_codec_writes_is_what_the_description_says() -> None:
    entries = [
        TimelineEntry(1, CallStarted(ms(0)), (StartReply(1, ReplyKind.FIRST_MESSAGE, "Hello"),)),
        TimelineEntry(2, SpeechStopped(ms(900), ms(850), 412.5), ()),
        an_entry(3, a_turn(1, answered_ms=700)),
        TimelineEntry(4, CallerLeft(ms(990), EndCause.CALLER_HUNG_UP), (HangUp(EndCause.CALLER_HUNG_UP),)),
    ]
    page = encode_page(entries, more=True)
    validated = TypeAdapter(TimelinePage).validate_python(page)
    assert validated.model_dump(mode="json") == page
    kinds = {type(effect) for entry in entries for effect in entry.effects}
    assert {StartReply, PublishLatency, CommitTurn, HangUp} == kinds
    page["items"][0]["event"]["type"] = "call_began"
    with pytest.raises(ValidationError):
        TypeAdapter(TimelinePage).validate_python(page)


def test_limits_of_the_domain_stand_in_the_description(document: dict[str, Any]) -> None:
    draft = document["components"]["schemas"]["AgentDraft"]
    assert draft["additionalProperties"] is False
    assert draft["required"] == ["name", "prompt"]
    assert {
        name: field["maxLength"] for name, field in draft["properties"].items() if "maxLength" in field
    } == {
        "name": 80,
        "prompt": 32_000,
        "first_message": 1_000,
        "knowledge": 200_000,
        "language": 7,
    }


async def test_the_description_is_made_at_the_start_where_no_call_hears_it(tmp_path: Any) -> None:
    made: list[bool] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        made.append(app.openapi_schema is not None)
        yield

    async with a_site(tmp_path) as site:
        app = create_app(site.services, lifespan=lifespan)
        async with app.router.lifespan_context(app):
            assert made == [True]
