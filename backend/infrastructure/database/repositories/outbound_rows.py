"""Orders and their attempts between their entities and their rows."""

from __future__ import annotations

from collections.abc import Iterable

from backend.domain.entities.outbound_call import Attempt, OutboundCall, OutboundStatus
from backend.domain.errors import StorageError
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.database.outbound_models import OutboundAttemptModel, OutboundCallModel


def order_row(order: OutboundCall, *, position: int = 0) -> dict[str, object]:
    """Return the row of an order, without its attempts."""
    return {
        "id": order.id,
        "tenant": order.tenant,
        "key_id": order.key_id,
        "campaign_id": order.campaign_id,
        "position": position,
        "idempotency_key": order.idempotency_key,
        "agent_id": order.agent_id,
        "number": order.to.value,
        "caller_id": order.caller_id.value,
        "carrier": order.carrier,
        "variables": dict(order.variables),
        "status": order.status.value,
        "cause": order.cause,
        "due_at": order.due_at,
        "max_attempts": order.max_attempts,
        "retry_after_s": order.retry_after_s,
        "created_at": order.created_at,
    }


def changed_columns(order: OutboundCall) -> dict[str, object]:
    """Return what can change of an order's row."""
    return {
        "status": order.status.value,
        "cause": order.cause,
        "due_at": order.due_at,
        "max_attempts": order.max_attempts,
    }


def attempt_row(order: OutboundCall, attempt: Attempt) -> dict[str, object]:
    """Return the row of an attempt of ``order``."""
    return {
        "reference": attempt.reference,
        "order_id": order.id,
        "tenant": order.tenant,
        "key_id": order.key_id,
        "campaign_id": order.campaign_id,
        "at": attempt.at,
        "status": attempt.status.value,
        "cause": attempt.cause,
        "carrier_call_id": attempt.carrier_call_id,
        "answerer": None if attempt.answerer is None else attempt.answerer.value,
        "answered_at": attempt.answered_at,
        "ended_at": attempt.ended_at,
        "reserved_s": attempt.reserved_s,
        "charged_s": attempt.charged_s,
        "process": attempt.process,
    }


def order_from(row: OutboundCallModel, attempts: Iterable[OutboundAttemptModel]) -> OutboundCall:
    """Return an order with its attempts. Raises ``StorageError`` if the rows are none of ours."""
    try:
        return OutboundCall(
            id=row.id,
            tenant=row.tenant,
            key_id=row.key_id,
            agent_id=row.agent_id,
            to=PhoneNumber(row.number),
            caller_id=PhoneNumber(row.caller_id),
            carrier=row.carrier,
            created_at=row.created_at,
            due_at=row.due_at,
            status=OutboundStatus(row.status),
            cause=row.cause,
            variables=row.variables,
            max_attempts=row.max_attempts,
            retry_after_s=row.retry_after_s,
            attempts=tuple(_attempt_from(each) for each in attempts),
            campaign_id=row.campaign_id,
            idempotency_key=row.idempotency_key,
        )
    except ValueError as error:
        raise StorageError("A stored order cannot be read.", code="unreadable", retryable=False) from error


def _attempt_from(row: OutboundAttemptModel) -> Attempt:
    return Attempt(
        reference=row.reference,
        at=row.at,
        reserved_s=row.reserved_s,
        process=row.process,
        status=OutboundStatus(row.status),
        cause=row.cause,
        carrier_call_id=row.carrier_call_id,
        answerer=None if row.answerer is None else Answerer(row.answerer),
        answered_at=row.answered_at,
        ended_at=row.ended_at,
    )
