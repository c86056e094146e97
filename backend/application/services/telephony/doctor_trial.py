"""A carrier's side of a call, played by the owner of the account.

Who knows the secret that a carrier signs with can do what the carrier does: announce a call over the public
address, open its media socket, and listen. That tries the whole way but for the carrier itself, and costs
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from backend.domain.ports.telephony_port import CarrierRequest, TelephonyPort


@dataclass(frozen=True, slots=True)
class MediaDoor:
    """Where the audio of a call goes: the upgrade, and what is said first on the socket."""

    upgrade: CarrierRequest
    opening: tuple[str, ...] = field(repr=False)


class CarrierTrial(Protocol):
    """Makes what the carrier would send, and reads what it would be sent; pure."""

    def new_call(self) -> str:
        """Return an identifier as the carrier gives its calls."""
        ...

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        """Return the signed request that announces a call."""
        ...

    def ended(self, call: str) -> CarrierRequest:
        """Return the signed request that tells that a call is over; of a call that nobody knows, it changes
        nothing."""
        ...

    def door(self, call: str, answer: bytes) -> MediaDoor | None:
        """Return where the audio goes if ``answer`` to ``offered`` says so, None if the call is not taken."""
        ...

    def packet(self, number: int, payload: bytes) -> str:
        """Return the message with the 20 ms of µ-law that come after ``number`` such packets."""
        ...

    def hung_up(self) -> str:
        """Return the last message of the caller's."""
        ...

    def played(self, message: str | bytes) -> bytes:
        """Return the µ-law that ``message`` has the carrier play; empty if it says something else."""
        ...


@dataclass(frozen=True, slots=True)
class ExaminedCarrier:
    """A carrier that the settings name. ``announces_at`` is where its numbers have to announce calls;
    ``trial`` is None where only the carrier itself can sign."""

    adapter: TelephonyPort
    announces_at: str
    trial: CarrierTrial | None


@dataclass(frozen=True, slots=True)
class Patient:
    """A server as its settings describe it.

    ``address`` is how this machine reaches it, ``public_url`` how carriers do (None: they do not),
    ``greeting`` something to say to an agent that waits (µ-law).
    """

    address: str
    public_url: str | None
    trusted_proxies: tuple[str, ...]
    carriers: tuple[ExaminedCarrier, ...]
    greeting: bytes = field(repr=False)
