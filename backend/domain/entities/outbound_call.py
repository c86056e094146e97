"""A call that we place: the order for it, and the attempts at it.

Carriers tell how an attempt goes on in any order, and more than once. So an attempt does not follow what it
is told, it keeps the furthest of it: the statuses have ranks, the higher one stays, and whatever the order of
the same news, the attempt ends the same. What *we* decide about an attempt is final: it has a ``cause`` then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Final

from backend.domain.errors import ConflictError
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.variables import check_variables

MINUTE_S: Final = 60
NO_KEY: Final = ""  # as ``key_id``: nobody has ordered the call, a caller is put through with it
_DAY_S: Final = 86_400


class OutboundStatus(StrEnum):
    """How far an order has come. The last six are ends; ``busy`` and ``no-answer`` only when no attempt is
    left."""

    SCHEDULED = "scheduled"  # waits for its time, for the next attempt, or for a limit
    DIALLING = "dialling"
    RINGING = "ringing"
    LIVE = "live"
    COMPLETED = "completed"  # somebody, or something, has answered
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"  # by us or by the carrier: the number may not be called

    @property
    def is_end(self) -> bool:
        """Whether nothing more can happen."""
        return self not in _OPEN


_OPEN: Final = frozenset(
    {OutboundStatus.SCHEDULED, OutboundStatus.DIALLING, OutboundStatus.RINGING, OutboundStatus.LIVE}
)
# Of the ends that a carrier tells, the one that says more: whoever has spoken was not busy.
_RANK: Final = {
    OutboundStatus.DIALLING: 0,
    OutboundStatus.RINGING: 1,
    OutboundStatus.LIVE: 2,
    OutboundStatus.NO_ANSWER: 3,
    OutboundStatus.BUSY: 4,
    OutboundStatus.FAILED: 5,
    OutboundStatus.CANCELLED: 6,
    OutboundStatus.COMPLETED: 7,
}
_TRIED_AGAIN: Final = frozenset({OutboundStatus.BUSY, OutboundStatus.NO_ANSWER})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One dialling, which the carrier knows by ``reference``.

    Times are Unix milliseconds. ``reserved_s`` is how long the call may last; ``process`` who dials.
    ``cause`` is why *we* ended it (a stable code), empty if we did not.
    """

    reference: str
    at: int
    reserved_s: int
    process: str = ""
    status: OutboundStatus = OutboundStatus.DIALLING
    cause: str = ""
    carrier_call_id: str = ""
    answerer: Answerer | None = None
    answered_at: int | None = None
    ended_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is under way."""
        return self.ended_at is None

    @property
    def charged_s(self) -> int:
        """Seconds of its day that it takes: all it might last while it is under way, then begun minutes, as
        carriers count them."""
        if self.ended_at is None:
            return self.reserved_s
        if self.answered_at is None and self.status is not OutboundStatus.COMPLETED:
            return 0
        lasted_ms = max(1, self.ended_at - (self.at if self.answered_at is None else self.answered_at))
        return -(-lasted_ms // (MINUTE_S * 1_000)) * MINUTE_S

    def told(self, news: OutboundStatus, at: int) -> Attempt:
        """Return the attempt after a carrier has told ``news`` of it."""
        if self.cause or news not in _RANK or _RANK[news] <= _RANK[self.status]:
            return self
        answered_at = self.answered_at
        if news is OutboundStatus.LIVE and answered_at is None:
            answered_at = at
        ended_at = self.ended_at
        if news.is_end and ended_at is None:
            ended_at = at
        return replace(self, status=news, answered_at=answered_at, ended_at=ended_at)

    def ended_by_us(self, status: OutboundStatus, cause: str, at: int) -> Attempt:
        """Return the attempt after we have given it up."""
        return replace(self, status=status, cause=cause, ended_at=at if self.is_open else self.ended_at)


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """An order: ``agent_id`` calls ``to`` on our number ``caller_id``, which is at ``carrier``.

    ``due_at`` is when it is dialled next, None when it does not wait for that. ``key_id`` is the API key that
    ordered it, or ``NO_KEY``. After ``busy`` and ``no-answer`` it is tried again, ``max_attempts`` times in
    all, the first time after ``retry_after_s``, which doubles each time.

    Raises ``ValueError`` beyond a limit.
    """

    id: str
    tenant: str
    key_id: str
    agent_id: str
    to: PhoneNumber
    caller_id: PhoneNumber
    carrier: str
    created_at: int
    due_at: int | None
    status: OutboundStatus = OutboundStatus.SCHEDULED
    cause: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    max_attempts: int = 1
    retry_after_s: int = 300
    attempts: tuple[Attempt, ...] = ()
    campaign_id: str | None = None
    idempotency_key: str | None = None

    MOST_ATTEMPTS: ClassVar = 5
    LEAST_RETRY_AFTER_S: ClassVar = 30
    MOST_RETRY_AFTER_S: ClassVar = _DAY_S

    def __post_init__(self) -> None:
        if not 1 <= self.max_attempts <= self.MOST_ATTEMPTS:
            raise ValueError(f"there are 1 to {self.MOST_ATTEMPTS} attempts")
        if not self.LEAST_RETRY_AFTER_S <= self.retry_after_s <= self.MOST_RETRY_AFTER_S:
            raise ValueError(f"retries wait {self.LEAST_RETRY_AFTER_S} to {self.MOST_RETRY_AFTER_S} s")
        check_variables(self.variables)

    @property
    def under_way(self) -> Attempt | None:
        """The attempt that is not over, None if there is none."""
        return self.attempts[-1] if self.attempts and self.attempts[-1].is_open else None

    @property
    def wait_ms(self) -> int:
        """How long to wait after the latest attempt: twice as long each time, a day at most."""
        doublings = max(0, len(self.attempts) - 1)
        return min(_DAY_S, self.retry_after_s << doublings) * 1_000

    def begun(self, attempt: Attempt) -> OutboundCall:
        """Return the order, dialling. Raises ``ConflictError`` (``not-scheduled``) unless it waits."""
        if self.status is not OutboundStatus.SCHEDULED:
            raise ConflictError("The call does not wait to be placed.", code="not-scheduled")
        return replace(self, status=OutboundStatus.DIALLING, due_at=None, attempts=(*self.attempts, attempt))

    def placed(self, reference: str, carrier_call_id: str) -> OutboundCall:
        """Return the order with its attempt's name at the carrier; the first one stays."""
        attempt = self._attempt(reference)
        if attempt is None or attempt.carrier_call_id:
            return self
        return self._with(replace(attempt, carrier_call_id=carrier_call_id))

    def told(self, reference: str, news: OutboundStatus, at: int) -> OutboundCall:
        """Return the order after the carrier has told ``news`` of an attempt; unknown ones change nothing."""
        attempt = self._attempt(reference)
        if attempt is None or (told := attempt.told(news, at)) is attempt:
            return self
        return self._with(told)._following(told)

    def answered_by(self, reference: str, answerer: Answerer) -> OutboundCall:
        """Return the order with who has answered an attempt: the first that is known stays."""
        attempt = self._attempt(reference)
        if attempt is None or attempt.answerer not in (None, Answerer.UNKNOWN):
            return self
        return self._with(replace(attempt, answerer=answerer))

    def given_up(
        self,
        reference: str,
        status: OutboundStatus,
        cause: str,
        at: int,
        *,
        again_at: int | None = None,
    ) -> OutboundCall:
        """Return the order after we gave up an attempt that is under way; tried again at ``again_at``, if
        that is given and an attempt is left."""
        attempt = self._attempt(reference)
        if attempt is None or not attempt.is_open:
            return self
        ended = self._with(attempt.ended_by_us(status, cause, at))
        if again_at is not None and len(self.attempts) < self.max_attempts:
            return replace(ended, status=OutboundStatus.SCHEDULED, due_at=again_at)
        return replace(ended, status=status, cause=cause)

    def refused(self, cause: str) -> OutboundCall:
        """Return the order that waited, refused."""
        return replace(self, status=OutboundStatus.REFUSED, cause=cause, due_at=None)

    def cancelled(self, at: int) -> OutboundCall:
        """Return the order, cancelled; one that is cancelled stays so.

        Raises ``ConflictError``: ``call-live`` if somebody is speaking, ``call-over`` if it came to another
        end.
        """
        if self.status is OutboundStatus.CANCELLED:
            return self
        if self.status is OutboundStatus.LIVE:
            raise ConflictError("The call is live.", code="call-live")
        if self.status.is_end:
            raise ConflictError("The call is over.", code="call-over")
        if self.under_way is not None:
            return self.given_up(self.under_way.reference, OutboundStatus.CANCELLED, "cancelled", at)
        return replace(self, status=OutboundStatus.CANCELLED, cause="cancelled", due_at=None)

    def _following(self, attempt: Attempt) -> OutboundCall:
        """Return the order as its latest attempt has it."""
        is_settled = self.status.is_end and self.cause != ""
        if attempt.reference != self.attempts[-1].reference or is_settled:
            return self
        if attempt.ended_at is None or attempt.status not in _TRIED_AGAIN:
            return replace(self, status=attempt.status, due_at=None)
        if len(self.attempts) >= self.max_attempts:
            return replace(self, status=attempt.status)
        return replace(self, status=OutboundStatus.SCHEDULED, due_at=attempt.ended_at + self.wait_ms)

    def _attempt(self, reference: str) -> Attempt | None:
        return next((each for each in self.attempts if each.reference == reference), None)

    def _with(self, changed: Attempt) -> OutboundCall:
        attempts = tuple(changed if each.reference == changed.reference else each for each in self.attempts)
        return replace(self, attempts=attempts)
