"""Orders, attempts and campaigns for tests."""

from __future__ import annotations

from typing import Any

from backend.domain.entities.campaign import Campaign
from backend.domain.entities.outbound_call import Attempt, OutboundCall
from backend.domain.ports.outbound_port import DialLimits
from backend.domain.value_objects.calling_hours import CallingHours
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.storage_builders import TENANT, new_id

NOW = 1_700_000_000_000  # a Tuesday, 22:13:20 UTC
MADRID = PhoneNumber("+34910000001")
ANYBODY = PhoneNumber("+34600000001")
AMPLE = DialLimits(per_minute_of_key=1_000, per_minute=1_000, at_once=1_000, minutes_per_day=1_000_000)
ALWAYS = CallingHours("Etc/UTC", (1, 2, 3, 4, 5, 6, 7), 0, 24 * 60)


def an_order(**changes: Any) -> OutboundCall:
    """Return an order that is due now."""
    values: dict[str, Any] = {
        "id": new_id(),
        "tenant": TENANT,
        "key_id": "k" * 32,
        "agent_id": "a" * 32,
        "to": ANYBODY,
        "caller_id": MADRID,
        "carrier": "acme",
        "created_at": NOW,
        "due_at": NOW,
    }
    return OutboundCall(**values | changes)


def an_attempt(**changes: Any) -> Attempt:
    """Return an attempt that begins now, of a call of ten minutes at most."""
    values: dict[str, Any] = {"reference": new_id(), "at": NOW, "reserved_s": 600, "process": "me"}
    return Attempt(**values | changes)


def a_dialling_order(**changes: Any) -> OutboundCall:
    """Return an order whose first attempt begins now."""
    return an_order(**changes).begun(an_attempt())


def a_campaign(**changes: Any) -> Campaign:
    """Return a campaign that may call at any hour."""
    values: dict[str, Any] = {
        "id": new_id(),
        "tenant": TENANT,
        "key_id": "k" * 32,
        "name": "Recordatorios",
        "agent_id": "a" * 32,
        "caller_id": MADRID,
        "carrier": "acme",
        "hours": ALWAYS,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Campaign(**values | changes)
