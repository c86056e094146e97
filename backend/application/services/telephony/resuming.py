"""Going on with a call whose media socket is gone while its other side is still on the line.

That happens when the process died under the call, when the network broke, and when a caller comes back from
a transfer that reached nobody. Then the carrier asks what to do, and the call goes on in another socket. It
also asks when we ended the call and its request was faster than our order to hang up; then it is told again.
"""

from __future__ import annotations

import logging
from typing import Final

from backend.application.services.telephony.answering import Answering
from backend.application.services.telephony.phone_calls import Live, PhoneCall
from backend.application.services.telephony.words import something_failed
from backend.domain.entities.call import Call, CallStatus, EndCause
from backend.domain.ports.channel_port import LineClosed
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.phone_call_port import PhoneCallHistory
from backend.domain.ports.telephony_port import HangUpCall, Instruction, NoInstruction
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.instant import NS_PER_S

# Whoever was left alone for longer has gone, or is not waiting for us.
RESUMABLE_S: Final = 60
# A transfer rings and is whispered about before it is known to have failed.
TRANSFER_S: Final = 180
# A line that breaks again at once breaks for a reason.
MOST_RESUMPTIONS: Final = 5
# A carrier asks when the socket is gone, which we notice about then; and a request is answered within 15 s.
NOTICED_WITHIN_S: Final = 3.0
ENDS_WITHIN_S: Final = 5.0
HEARD_WITHIN_S: Final = 1.0

_BROKEN_OFF: Final = frozenset({EndCause.CONNECTION_LOST, EndCause.PROCESS_DIED})

_log = logging.getLogger(__name__)


class Resuming:
    """Decides whether calls go on. All methods raise ``StorageError``."""

    def __init__(self, answering: Answering, history: PhoneCallHistory, clock: ClockPort) -> None:
        self._answering = answering
        self._history = history
        self._clock = clock

    async def unattended(self, phone: PhoneCall) -> Instruction:
        """Return what becomes of a call whose other side is alone."""
        if phone.has_ended:
            return HangUpCall()
        if phone.transfer is not None:
            return NoInstruction()  # the carrier has the caller, as it was told
        if phone.is_expected and phone.resumption is not None:
            return phone.resumption  # it asks again
        if not await self._is_alone(phone):
            return NoInstruction()
        earlier = phone.last or await self._history.latest(phone.carrier, phone.id)
        if phone.is_refused or (earlier is None and phone.grant is not None):
            phone.free_place()
            return something_failed(phone.language)  # it was answered, and nobody ever spoke to the caller
        if earlier is not None and earlier.end_cause is EndCause.TRANSFERRED:
            return NoInstruction()  # late news of a stream that ended when the two were connected
        if earlier is None or not self._broke_off(earlier):
            return HangUpCall()
        return await self._resume(phone, earlier)

    async def not_reached(self, phone: PhoneCall) -> Instruction:
        """Return what becomes of a caller whom a transfer has brought back."""
        if phone.has_ended:
            return HangUpCall()
        if phone.is_expected and phone.resumption is not None:
            return phone.resumption
        if not await phone.is_over_within(ENDS_WITHIN_S):
            return NoInstruction()  # it was told before
        earlier = phone.last or await self._history.latest(phone.carrier, phone.id)
        if earlier is None or earlier.end_cause is not EndCause.TRANSFERRED:
            return HangUpCall()
        if not self._is_recent(earlier, TRANSFER_S):
            return HangUpCall()
        return await self._resume(phone, earlier)

    def carries_audio(self, live: Live) -> bool:
        """Whether something came on the line just now: carriers send audio all the time."""
        return self._clock.monotonic_ns() - live.heard_at() < HEARD_WITHIN_S * NS_PER_S

    async def _is_alone(self, phone: PhoneCall) -> bool:
        """Whether nobody of ours is with the caller (any more).

        The socket may break a moment before or after the carrier asks. If it goes on to carry audio, the
        carrier has not asked: somebody repeats what it once did, and shall not end a call with that.
        """
        live = phone.live
        if live is None or await phone.is_over_within(NOTICED_WITHIN_S):
            return True
        if self.carries_audio(live):
            _log.warning("a call was said to be unattended and is not", extra={"carrier": phone.carrier})
            return False
        phone.tell(LineClosed(EndCause.CONNECTION_LOST))
        return await phone.is_over_within(ENDS_WITHIN_S)

    def _broke_off(self, earlier: Call) -> bool:
        if earlier.status is CallStatus.LIVE:
            return True  # its process has died, and nobody has noticed yet
        return earlier.end_cause in _BROKEN_OFF and self._is_recent(earlier, RESUMABLE_S)

    def _is_recent(self, earlier: Call, seconds: int) -> bool:
        ended_at = earlier.started_at if earlier.ended_at is None else earlier.ended_at
        return self._clock.wall_ms() - ended_at < seconds * 1_000

    async def _resume(self, phone: PhoneCall, earlier: Call) -> Instruction:
        phone.resumptions += 1
        if phone.resumptions > MOST_RESUMPTIONS:
            return something_failed(earlier.agent.language)
        grant = PhoneGrant(
            tenant=earlier.tenant,
            agent_id=earlier.agent.id,
            carrier=phone.carrier,
            carrier_call_id=phone.id,
            direction=earlier.direction,
            caller=earlier.caller,
            called=earlier.called,
            continues=earlier.id,
            order_id=None if phone.grant is None else phone.grant.order_id,
        )
        phone.resumption = await self._answering.connect(phone, grant, earlier.agent)
        return phone.resumption
