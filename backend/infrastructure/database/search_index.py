"""The index of what was said: FTS5 on SQLite, a ``tsvector`` on PostgreSQL, one row for each call.

A row goes with its call: by a trigger on SQLite, whose virtual tables know no foreign keys, and by one on
PostgreSQL. Both are made by migration 0003.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.infrastructure.database.models import CallFactsModel, TranscriptModel
from backend.infrastructure.database.search_text import distinct_words, is_prefix

# SQLite's own tables behind the virtual one: no concern of the models.
TABLES: Final = frozenset(
    {"call_search", *(f"call_search_{part}" for part in ("data", "idx", "content", "docsize", "config"))}
)

_SQLITE: Final = table("call_search", column("rowid"), column("words"), column("call_search"))
_POSTGRES: Final = table("call_search", column("number"), column("words"))


def is_found(terms: Sequence[str], *, is_sqlite: bool) -> ColumnElement[bool]:
    """Return the condition that every term is said in, or noted beside, the call."""
    return CallFactsModel.number.in_(numbers_with(terms, is_sqlite=is_sqlite))


def numbers_with(terms: Sequence[str], *, is_sqlite: bool, whole: bool = False) -> Select[int]:
    """Return the numbers of the calls, of all tenants, that have every term; ``whole`` ones are no beginnings
    of other words."""
    ends = ["" if whole or not is_prefix(term) else "*" for term in terms]
    if is_sqlite:
        query = " AND ".join(f'"{term}"{end}' for term, end in zip(terms, ends, strict=True))
        return select(_SQLITE.c.rowid).where(_SQLITE.c.call_search.op("MATCH")(literal(query)))
    return select(_POSTGRES.c.number).where(_matches(terms, ends))


def has_said(terms: Sequence[str], *, is_sqlite: bool) -> ColumnElement[bool]:
    """Return the same condition as ``is_found``, to be asked of one call after the other: it reads the words
    of the call, and not the index."""
    ends = ["*" if is_prefix(term) else "" for term in terms]
    if is_sqlite:
        words = literal(" ").concat(_SQLITE.c.words).concat(" ")
        wanted = [f" {term}{'' if end else ' '}" for term, end in zip(terms, ends, strict=True)]
        said = and_(*(func.instr(words, literal(each)) > 0 for each in wanted))
        return exists().where(_SQLITE.c.rowid == CallFactsModel.number, said)
    return exists().where(_POSTGRES.c.number == CallFactsModel.number, _matches(terms, ends))


def _matches(terms: Sequence[str], ends: Sequence[str]) -> ColumnElement[bool]:
    query = " & ".join(f"'{term}'{end and ':*'}" for term, end in zip(terms, ends, strict=True))
    # In the statement itself: a plan for words that are not known yet reads the whole table.
    return _POSTGRES.c.words.op("@@")(cast(bindparam("query", query, String, literal_execute=True), TSQUERY))


async def index_call(connection: AsyncConnection, number: int, call_id: str) -> None:
    """Write the words of a call anew, see ``index_calls``."""
    await index_calls(connection, {number: call_id})


async def index_calls(connection: AsyncConnection, numbers: Mapping[int, str]) -> None:
    """Write the words of calls (their ids by their numbers) anew: what their turns and notes say now.

    The caller holds the rows of the calls' facts, so that two who do this at once take turns.
    """
    if not numbers:
        return
    turns = select(TranscriptModel.call_id, TranscriptModel.content)
    turns = turns.where(TranscriptModel.call_id.in_(numbers.values())).order_by(TranscriptModel.number)
    notes = select(CallFactsModel.call_id, CallFactsModel.note).where(CallFactsModel.number.in_(numbers))
    texts: dict[str, list[str]] = {call_id: [] for call_id in numbers.values()}
    for query in (turns, notes):
        for call_id, text_ in await connection.execute(query):
            texts[call_id].append(text_)
    words = await asyncio.to_thread(lambda: {call_id: distinct_words(texts[call_id]) for call_id in texts})
    is_sqlite = connection.dialect.name == "sqlite"
    delete, insert = _STATEMENTS[is_sqlite]
    await connection.execute(delete, [{"number": number} for number in numbers])
    await connection.execute(
        insert,
        [
            {"number": number, "words": " ".join(words[call_id]) if is_sqlite else words[call_id]}
            for number, call_id in numbers.items()
        ],
    )


_STATEMENTS: Final = {
    True: (
        text("DELETE FROM call_search WHERE rowid = :number"),
        text("INSERT INTO call_search (rowid, words) VALUES (:number, :words)"),
    ),
    False: (
        text("DELETE FROM call_search WHERE number = :number"),
        text("INSERT INTO call_search VALUES (:number, array_to_tsvector(CAST(:words AS text[])))"),
    ),
}
