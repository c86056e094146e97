"""Which engine is asked, and which one if it fails.

A chain belongs to one call; the breakers of its links are shared by all calls. Whoever fails rests for
some turns of this call at once, so that an agent does not change its voice with every clause and no turn
waits again for what has just been too slow. One engine is always left to be asked: a breaker may pass the
work on, never refuse it. Every failure is told to the call, whether anybody noticed it or not.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from backend.application.services.circuit_breaker import CircuitBreaker, Probe
from backend.application.services.engine_failures import EngineFailure, EngineFailures
from backend.domain.errors import ProviderError
from backend.domain.ports.engine_port import Warmable
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import TtsPort
from backend.domain.value_objects.instant import NS_PER_S
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness, ReadinessState

# Some turns: a voice that comes back sooner is heard as wavering, and an engine that fails again after it has
# begun costs the caller an apology.
REST_MS: Final = 60_000
LONGEST_REST_MS: Final = 600_000

PortT = TypeVar("PortT", bound=LlmPort | SttPort | TtsPort)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link(Generic[PortT]):
    """An engine in a chain; ``breaker`` is the engine's, not the call's."""

    name: str
    port: PortT
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)


class Chain(Generic[PortT]):
    """The engines of one port ("stt", "llm", "tts") for one call, the best first. Not empty, names are
    unique; ``failures`` is the call's.
    """

    def __init__(
        self, port: str, links: Sequence[Link[PortT]], failures: EngineFailures | None = None
    ) -> None:
        self.port = port
        self.links = tuple(links)
        self._failures = failures or EngineFailures()
        self._rests = {
            link.name: CircuitBreaker(failures=1, pause_ms=REST_MS, longest_pause_ms=LONGEST_REST_MS)
            for link in links
        }
        self._refused: set[str] = set()
        self._probes: dict[str, list[Probe]] = {}

    @property
    def has_refused(self) -> bool:
        """Whether each engine's last word was that it is no use asking it again."""
        return len(self._refused) == len(self.links)

    def readiness(self, language: Language) -> Readiness:
        """Return that of the first engine that is ready, else preparing, else of the first."""
        found = [link.port.readiness(language) for link in self.links]
        for state in (ReadinessState.READY, ReadinessState.PREPARING):
            for readiness in found:
                if readiness.state is state:
                    return readiness
        return found[0]

    def line_up(self, language: Language) -> list[Link[PortT]]:
        """Return whom to ask now, in this order; never empty.

        These are the engines that are ready and whose breakers admit it, and the last ready one in any
        case. If none is ready, all are asked: they say why.
        """
        ready = [link for link in self.links if link.port.readiness(language).is_ready]
        *others, last = ready or self.links
        return [*(link for link in others if self._admits(link)), last]

    def begun(self, link: Link[PortT]) -> list[Probe]:
        """``link`` is being asked. What is returned is to be given back if nobody waits for the result."""
        now = _now_ns()
        for probe in self._probes.get(link.name, ()):
            probe.give_back()  # of an attempt that this call has discarded, and that may not know it yet
        probes = (breaker.begun(now) for breaker in (link.breaker, self._rests[link.name]))
        self._probes[link.name] = [probe for probe in probes if probe is not None]
        return self._probes[link.name]

    def succeeded(self, link: Link[PortT]) -> None:
        """``link`` has done what it was asked for."""
        link.breaker.succeeded()
        self._rests[link.name].succeeded()
        self._refused.discard(link.name)

    def failed(self, link: Link[PortT], error: ProviderError) -> None:
        """``link`` has failed; whoever calls this tells it as well, when it is clear who is asked next.

        An error that is not retryable is about this request (a voice that does not exist, a prompt that is
        too long) or is told at once (a wrong key): it does not count for other calls.
        """
        now = _now_ns()
        self._rests[link.name].failed(now)
        if error.retryable:
            self._refused.discard(link.name)
            link.breaker.failed(now)
        else:
            self._refused.add(link.name)

    def is_trusted(self, link: Link[PortT]) -> bool:
        """Whether other calls may ask ``link`` now: its own breaker has not opened."""
        return link.breaker.admits(_now_ns())

    def rests(self, link: Link[PortT]) -> bool:
        """Whether ``link`` has failed in this call, and is asked only because nobody else is left."""
        return not self._rests[link.name].admits(_now_ns())

    def tell(self, link: Link[PortT], error: ProviderError, successor: Link[PortT] | None) -> None:
        """Report that ``link`` failed and ``successor`` (itself, if it is asked again) is asked next."""
        name = "" if successor is None else successor.name
        self._failures.tell(EngineFailure(self.port, link.name, error.code, name))
        fields = {"port": self.port, "engine": link.name, "code": error.code}
        if successor is None:
            _log.warning("an engine failed", extra=fields)
        elif successor is link:
            _log.warning("an engine failed and is asked again", extra=fields)
        else:
            _log.warning("an engine failed and another stands in", extra={**fields, "stand_in": name})

    async def warm_up(self, language: Language) -> None:
        """Warm up the engine that would be asked now, if it can be (``Warmable``)."""
        port: object = self.line_up(language)[0].port
        if isinstance(port, Warmable):
            await port.warm_up(language)

    def _admits(self, link: Link[PortT]) -> bool:
        """Whether nothing speaks against asking ``link``. That this call probes it does not: it asks anew,
        so it has discarded what it asked before."""
        now = _now_ns()
        breakers = (link.breaker, self._rests[link.name])
        own = [probe.breaker for probe in self._probes.get(link.name, ()) if probe.is_under_way]
        return all(breaker.admits(now) or breaker in own for breaker in breakers)


def _now_ns() -> int:
    return round(asyncio.get_running_loop().time() * NS_PER_S)
