"""Pages of a history that is too long to be gone through, on SQLite and on PostgreSQL.

Which way a page is found depends on how many calls have what is asked for. Whichever it is, the page is what
one would find by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

from sqlalchemy import select

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.models import CallFactsModel, CallTagModel, TranscriptModel
from backend.infrastructure.database.repositories.rare_calls import FEW
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.search_index import has_said, is_found
from backend.infrastructure.database.search_text import is_prefix, terms_of, words_of
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.no_recordings import NoRecordings
from benchmarks.history_calls import COMMON, NOW, RARE, TENANT, USUAL, YEAR_MS, fill

pytest_plugins = ["tests.support.storage_fixtures"]

CALLS = 2 * FEW + 200
PAGE = 30
OFTEN, SELDOM = f"{0:032x}", f"{6:032x}"  # agents

FILTERS = {
    "all": CallFilter(),
    "an agent of half of them": CallFilter(agent_id=OFTEN),
    "an agent of few": CallFilter(agent_id=SELDOM),
    "nobody's agent": CallFilter(agent_id="f" * 32),
    "a cause that many have": CallFilter(end_cause=EndCause.CALLER_HUNG_UP),
    "a cause that none has": CallFilter(end_cause=EndCause.PROCESS_DIED),
    "failed": CallFilter(status=CallStatus.FAILED),
    "inbound": CallFilter(direction=Direction.INBOUND),
    "two things that few have": CallFilter(agent_id=OFTEN, direction=Direction.INBOUND),
    "two things that do not go together": CallFilter(
        status=CallStatus.FAILED, end_cause=EndCause.CALLER_HUNG_UP
    ),
    "the last weeks": CallFilter(since=NOW - YEAR_MS // 20),
    "the first months": CallFilter(until=NOW - YEAR_MS * 3 // 4),
    "the future": CallFilter(since=NOW),
    "a tag": CallFilter(tag="vip"),
    "a word of all": CallFilter(search=COMMON),
    "the beginning of a word of all": CallFilter(search=COMMON[:3]),
    "the end of a word of all": CallFilter(search=COMMON[1:]),
    "too short for the beginning of one": CallFilter(search=COMMON[:2]),
    "a word of 2 %": CallFilter(search=USUAL),
    "a word of ten": CallFilter(search=RARE),
    "a word of none": CallFilter(search="telegrama"),
    "a word of all and one of 2 %": CallFilter(search=f"{COMMON} {USUAL}"),
    "the beginning of many words": CallFilter(search="den"),
    "a word of all, and an agent": CallFilter(search=COMMON, agent_id=OFTEN),
    "a word of all, in the first months": CallFilter(search=COMMON, until=NOW - YEAR_MS // 2),
    "a word of many, and a tag": CallFilter(search="den", tag="vip"),
}
ORDERS = [CallOrder(by, is_ascending=way) for by, way in product(CallSort, (False, True))]


@dataclass
class Known:
    """A call as it lies in the database."""

    facts: CallFactsModel
    tags: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def matches(self, where: CallFilter) -> bool:
        """Whether the call is asked for."""
        facts = self.facts
        pairs = (
            (where.agent_id, facts.agent_id),
            (where.status, facts.status),
            (where.direction, facts.direction),
            (where.end_cause, facts.end_cause),
        )
        return (
            all(wanted is None or wanted == has for wanted, has in pairs)
            and (where.since is None or facts.started_at >= where.since)
            and (where.until is None or facts.started_at < where.until)
            and (where.tag is None or where.tag in self.tags)
            and all(self._has(term) for term in terms_of(where.search or ""))
        )

    def _has(self, term: str) -> bool:
        if is_prefix(term):
            return any(word.startswith(term) for word in self.words)
        return term in self.words

    def place(self, order: CallOrder) -> tuple[bool, float, str]:
        """Return what to sort by: what has no such value comes last, either way."""
        key = float(getattr(self.facts, order.by.value))
        return (key == MISSING) != (not order.is_ascending), key, self.facts.call_id


async def all_calls(database: Database) -> list[Known]:
    async with database.reading() as session:
        calls = {facts.number: Known(facts) for facts in await session.scalars(select(CallFactsModel))}
        for number, tag in await session.execute(select(CallTagModel.number, CallTagModel.tag)):
            calls[number].tags.add(tag)
        by_id = {call.facts.call_id: call for call in calls.values()}
        for call_id, said in await session.execute(select(TranscriptModel.call_id, TranscriptModel.content)):
            by_id[call_id].words.update(words_of(said))
    return list(calls.values())


async def test_a_page_is_what_one_would_find_by_hand(storage: Database) -> None:
    await fill(storage, CALLS)
    history, known = SqlCallRepository(storage, NoRecordings()), await all_calls(storage)
    for (name, where), order in product(FILTERS.items(), ORDERS):
        matching = [call for call in known if call.matches(where)]
        matching.sort(key=lambda call: call.place(order), reverse=not order.is_ascending)
        expected = [call.facts.call_id for call in matching]
        found: list[str] = []
        cursor = None
        for _ in range(2):
            page = await history.page(TENANT, where=where, limit=PAGE, order=order, cursor=cursor)
            found += [item.call.id.value for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == expected[: 2 * PAGE], (name, order)
        assert (cursor is None) == (len(expected) <= 2 * PAGE), (name, order)


async def test_words_are_found_in_a_call_as_in_the_index(storage: Database) -> None:
    await fill(storage, 200)
    for search in (COMMON, COMMON[1:], COMMON[:3], COMMON[:2], "den", "ba", "ban", f"{COMMON} den", RARE):
        terms, is_sqlite = terms_of(search), storage.is_sqlite
        numbers = select(CallFactsModel.number).order_by(CallFactsModel.number)
        async with storage.reading() as session:
            in_calls = await session.scalars(numbers.where(has_said(terms, is_sqlite=is_sqlite)))
            in_index = await session.scalars(numbers.where(is_found(terms, is_sqlite=is_sqlite)))
            assert in_calls.all() == in_index.all(), search
