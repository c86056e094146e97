"""A call begins: find the agent, take it as it is now, and fill in what this call knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, CallStatus, Direction
from backend.domain.errors import CallerError, ConflictError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.variables import check_variables, filled, moment_variables


class StartCall:
    """Creates calls. ``new_id`` makes call ids that were never used before. ``zone`` is where the time of day
    is told; None is the server's own."""

    def __init__(
        self,
        agents: AgentRepository,
        clock: ClockPort,
        new_id: Callable[[], CallId],
        *,
        zone: tzinfo | None = None,
    ) -> None:
        self._agents = agents
        self._clock = clock
        self._new_id = new_id
        self._zone = zone

    async def __call__(
        self,
        tenant: str,
        agent_id: str,
        direction: Direction,
        *,
        draft: Agent | None = None,
        variables: Mapping[str, str] | None = None,
        caller: str = "",
        called: str = "",
        carrier: str = "",
        carrier_call_id: str = "",
        continues: CallId | None = None,
        language: Language | None = None,
    ) -> Call:
        """Return a live call with its agent's snapshot, or with ``draft`` in its place; nothing is stored.
        With a ``language`` the agent speaks that instead of its own.

        The snapshot's texts are filled with ``variables`` and with what every call knows: ``caller_number``,
        ``called_number``, ``date``, ``time``, ``weekday`` and ``call_direction``. Of two with one name the
        given one counts. The other arguments are as in ``Call``.

        Raises ``NotFoundError`` if the tenant has no such agent, ``ConflictError`` (``agent-archived``) if it
        takes no calls, ``StorageError`` if that cannot be known; none of them for a draft. Raises
        ``CallerError`` (``bad-variables``) if these are none, or a text would be too long with them.
        """
        agent = draft
        if agent is None:
            agent = await self._agents.get(tenant, agent_id)
            check_takes_calls(agent)
        if language is not None:
            agent = _speaking(agent, language)
        now_ms = self._clock.wall_ms()
        now = datetime.fromtimestamp(now_ms / 1_000, UTC).astimezone(self._zone)
        given = dict(variables or {})
        known = {
            "caller_number": caller,
            "called_number": called,
            "call_direction": direction.value,
            **moment_variables(now, agent.language),
        }
        return Call(
            id=self._new_id(),
            agent=_filled(agent, given, known),
            direction=direction,
            started_at=now_ms,
            is_draft=draft is not None,
            caller=caller,
            called=called,
            carrier=carrier,
            carrier_call_id=carrier_call_id,
            continues=continues,
            variables=given,
        )

    def going_on_with(self, earlier: Call) -> Call:
        """Return a live call between the same two, with the agent as it was; nothing is stored.

        What the agent's texts were filled with is in them.
        """
        return replace(
            earlier,
            id=self._new_id(),
            started_at=self._clock.wall_ms(),
            status=CallStatus.LIVE,
            ended_at=None,
            duration_ms=None,
            end_cause=None,
            continues=earlier.id,
        )


def _speaking(agent: Agent, language: Language) -> Agent:
    """Return ``agent`` with ``language`` for its own; callers may speak the same others as before."""
    others = tuple(other for other in agent.other_languages if other.base != language.base)
    return replace(agent, language=language, other_languages=others)


def _filled(agent: Agent, given: Mapping[str, str], known: Mapping[str, str]) -> Agent:
    values = {**known, **given}
    try:
        check_variables(given)
        return replace(
            agent,
            prompt=filled(agent.prompt, values),
            first_message=filled(agent.first_message, values),
            knowledge=filled(agent.knowledge, values),
            telephone=replace(
                agent.telephone,
                announcement=filled(agent.telephone.announcement, values),
                voicemail=filled(agent.telephone.voicemail, values),
            ),
        )
    except ValueError as error:
        raise CallerError(str(error), code="bad-variables") from error


def check_takes_calls(agent: Agent) -> None:
    """Raise ``ConflictError`` (``agent-archived``) if ``agent`` takes no calls."""
    if agent.is_archived:
        raise ConflictError("The agent is archived and takes no calls.", code="agent-archived")
