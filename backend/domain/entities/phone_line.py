"""A telephone number of ours, and who answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """``agent_id`` answers calls to ``number``, in ``language`` if that is set (else in the agent's own).

    A number belongs to one tenant of the server. ``carrier`` is the name of the carrier that has it.
    ``created_at`` and ``updated_at`` are Unix milliseconds. Raises ``ValueError`` if its label is too long.
    """

    id: str
    tenant: str
    number: PhoneNumber
    carrier: str
    agent_id: str
    label: str = ""
    language: Language | None = None
    created_at: int = 0
    updated_at: int = 0

    MAX_LABEL: ClassVar = 80

    def __post_init__(self) -> None:
        if len(self.label) > self.MAX_LABEL:
            raise ValueError(f"label is longer than {self.MAX_LABEL} characters")
