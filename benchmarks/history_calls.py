"""A year of calls, made up the same way each time and written in bulk."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.domain.entities.agent import Agent
from backend.domain.entities.call_facts import CallFacts, EngineTrouble
from backend.domain.value_objects.latency import TurnLatency
from backend.infrastructure.database.agent_codec import encode_agent
from backend.infrastructure.database.facts_rows import derived_facts, engine_rows, opened_facts
from backend.infrastructure.database.models import (
    Base,
    CallFactsModel,
    CallModel,
    CallTagModel,
    EngineTroubleModel,
    TranscriptModel,
)
from backend.infrastructure.database.search_text import distinct_words
from backend.infrastructure.database.session import Database

TENANT = "bench"
NOW = 1_790_000_000_000
YEAR_MS = 365 * 24 * 3_600_000
COMMON, USUAL, RARE = "hola", "dentista", "zanzíbar"  # in every call, in one of fifty, in ten of all
RARE_CALLS = 10
_BATCH = 1_000

Row = dict[str, Any]


class Year:
    """``calls`` calls, spread over a year before ``NOW``."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._dice = random.Random(7)
        self._words = [f"{a}{b}{c}" for a in _ONSETS for b in _ONSETS for c in ("s", "r", "", "n")]
        prompt = "You answer the telephone of a dental practice. " * 60  # 3 kB, as agents have
        self._agents = [
            encode_agent(
                Agent(f"{number:032x}", TENANT, f"Agent {number}", prompt, created_at=1, updated_at=1)
            )
            for number in range(8)
        ]

    def rows(self) -> Iterator[dict[type[Base], list[Row]]]:
        """Yield the rows of one call after the other, and its words under ``TranscriptModel``."""
        for number in range(1, self._calls + 1):
            yield self._call(number)

    def _call(self, number: int) -> dict[type[Base], list[Row]]:
        dice = self._dice
        (agent,) = dice.choices(range(8), weights=_SHARES)
        call_id = f"{dice.getrandbits(128):032x}"
        turns = [self._turn(call_id, turn, number) for turn in range(1, dice.randint(4, 14))]
        latencies = [TurnLatency(*(turn[name] for name in _SEGMENTS)) for turn in turns if turn["reply_id"]]
        failed = dice.random() < 0.02
        status = "failed" if failed and dice.random() < 0.3 else "completed"
        call: Row = {
            "id": call_id,
            "tenant": TENANT,
            "agent_id": f"{agent:032x}",
            "direction": "inbound" if dice.random() < 0.05 else "browser",
            "status": status,
            "started_at": NOW - YEAR_MS + number * YEAR_MS // (self._calls + 1),
            "duration_ms": dice.randint(5_000, 600_000),
            "end_cause": "engines-failed" if status == "failed" else dice.choice(_CAUSES),
            "process": "bench",
            "agent": self._agents[agent],
            "is_draft": False,
        }
        call["ended_at"] = call["started_at"] + call["duration_ms"]
        facts = CallFacts(
            turns=len(turns),
            voice_to_voice_ms=tuple(latency.voice_to_voice_ms for latency in latencies),
            interruptions=dice.randint(0, 3),
            was_answered=bool(latencies),
            dead_air_ms=dice.choice((0.0, 0.0, 900.0)),
            engines=(EngineTrouble("llm", "groq", 1, 1),) if failed else (),
        )
        own = {"number": number}
        return {
            CallModel: [call],
            CallFactsModel: [opened_facts(call) | derived_facts(facts) | own],
            EngineTroubleModel: [engine | own for engine in engine_rows(facts)],
            CallTagModel: [{"tag": "vip", "tenant": TENANT} | own] if dice.random() < 0.01 else [],
            TranscriptModel: turns,
        }

    def _turn(self, call_id: str, turn: int, call: int) -> Row:
        dice = self._dice
        words = dice.choices(self._words, k=12)
        if turn == 1:
            words[0] = COMMON
            words[3] = USUAL if dice.random() < 0.02 else words[3]
            words[5] = RARE if call % (self._calls // RARE_CALLS) == 0 else words[5]
        answers = turn % 2 == 0
        latency = (dice.uniform(400, 900), dice.uniform(0, 300), dice.uniform(200, 900), 40.0, 120.0, 60.0)
        said = " ".join(words)
        return {
            "call_id": call_id,
            "number": turn,
            "tenant": TENANT,
            "role": "agent" if answers else "caller",
            "content": said,
            "heard": said,
            "started_at_ns": turn * 10**9,
            "ended_at_ns": turn * 10**9 + 1,
            "interrupted": False,
            "reply_id": turn if answers else None,
            **dict(zip(_SEGMENTS, latency if answers else [None] * 6, strict=True)),
        }


_ONSETS = [a + b for a in "bcdfgklmnprstvz" for b in "aeiou"][:40]
_SEGMENTS = tuple(asdict(TurnLatency(0, 0, 0, 0, 0, 0)))
_CAUSES = ["caller-hung-up"] * 8 + ["idle", "max-duration", "agent-hung-up"]


_SHARES = [2.0**-number for number in range(1, 9)]  # the first agent takes half of all calls


async def fill(database: Database, calls: int) -> None:
    """Write a year of calls into an empty database."""
    rows = Year(calls).rows()
    while batch := list(islice(rows, _BATCH)):
        async with database.transaction() as connection:
            await connection.run_sync(_insert, batch)
            await _index(connection, batch)
    async with database.transaction() as connection:
        if not database.is_sqlite:
            await connection.execute(
                text("SELECT setval('call_facts_number_seq', (SELECT max(number) FROM call_facts))")
            )


def _insert(connection: Connection, batch: list[dict[type[Base], list[Row]]]) -> None:
    for model in batch[0]:
        rows = [row for call in batch for row in call[model]]
        if rows:
            connection.execute(insert(model), rows)


async def _index(connection: AsyncConnection, batch: list[dict[type[Base], list[Row]]]) -> None:
    said = [
        (call[CallFactsModel][0]["number"], distinct_words(turn["content"] for turn in call[TranscriptModel]))
        for call in batch
    ]
    if connection.dialect.name == "sqlite":
        statement = text("INSERT INTO call_search (rowid, words) VALUES (:number, :words)")
        await connection.execute(
            statement, [{"number": number, "words": " ".join(words)} for number, words in said]
        )
        return
    statement = text("INSERT INTO call_search VALUES (:number, array_to_tsvector(CAST(:words AS text[])))")
    await connection.execute(statement, [{"number": number, "words": words} for number, words in said])
