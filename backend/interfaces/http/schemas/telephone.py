"""What an agent does on the telephone, as a client writes and reads it."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from backend.domain.entities import telephone as domain
from backend.domain.value_objects import keypad
from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.interfaces.http.schemas.base import LINE_PATTERN, TEXT_PATTERN, RequestModel

NUMBER_PATTERN: Final = r"^\+[1-9][0-9]{6,14}$"
END_KEY_PATTERN: Final = r"^[0-9*#A-D]?$"

Number = Annotated[
    str, Field(max_length=16, pattern=NUMBER_PATTERN, description="E.164: + and 7 to 15 digits")
]
_KEYPAD: Final = keypad.Keypad()


class Destination(RequestModel):
    """Somebody whom callers can be put through to. `warm`: they are told first what the call is about."""

    name: str = Field(min_length=1, max_length=domain.Destination.MAX_NAME, pattern=LINE_PATTERN)
    number: Number
    description: str = Field(
        "",
        max_length=domain.Destination.MAX_DESCRIPTION,
        pattern=TEXT_PATTERN,
        description="when to put a caller through to them, for the model",
    )
    warm: bool = False

    def to_domain(self) -> domain.Destination:
        """Return the value object."""
        return domain.Destination(self.name, PhoneNumber(self.number), self.description, self.warm)

    @classmethod
    def of(cls, destination: domain.Destination) -> Destination:
        """Return what a client sees of ``destination``."""
        return cls.model_construct(
            name=destination.name,
            number=destination.number.value,
            description=destination.description,
            warm=destination.is_warm,
        )


class Keypad(RequestModel):
    """When the keys that a caller presses are complete: with `end_key` (empty: there is none), or after a
    pause."""

    end_key: str = Field(_KEYPAD.end_key, max_length=1, pattern=END_KEY_PATTERN)
    pause_ms: int = Field(
        _KEYPAD.pause_ms,
        ge=keypad.Keypad.MIN_PAUSE_MS,
        le=keypad.Keypad.MAX_PAUSE_MS,
        description="milliseconds",
    )

    def to_domain(self) -> keypad.Keypad:
        """Return the value object."""
        return keypad.Keypad(self.end_key, self.pause_ms)

    @classmethod
    def of(cls, keys: keypad.Keypad) -> Keypad:
        """Return what a client sees of ``keys``."""
        return cls.model_construct(end_key=keys.end_key, pause_ms=keys.pause_ms)


class Telephone(RequestModel):
    """An agent's manners on the telephone. To leave a message takes a voicemail; destinations have different
    names."""

    announcement: str = Field(
        "",
        max_length=domain.Telephone.MAX_ANNOUNCEMENT,
        pattern=TEXT_PATTERN,
        description="said first on every telephone call; cannot be interrupted",
    )
    destinations: list[Destination] = Field(default=[], max_length=domain.Telephone.MAX_DESTINATIONS)
    on_machine: Annotated[OnMachine, Field(strict=False)] = OnMachine.HANG_UP
    voicemail: str = Field(
        "",
        max_length=domain.Telephone.MAX_VOICEMAIL,
        pattern=TEXT_PATTERN,
        description="what is left on an answering machine",
    )
    keypad: Keypad = Keypad()

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        self.to_domain()
        return self

    def to_domain(self) -> domain.Telephone:
        """Return the value object. Raises ``ValueError`` when the values contradict each other."""
        return domain.Telephone(
            announcement=self.announcement,
            destinations=tuple(destination.to_domain() for destination in self.destinations),
            on_machine=self.on_machine,
            voicemail=self.voicemail,
            keypad=self.keypad.to_domain(),
        )

    @classmethod
    def of(cls, telephone: domain.Telephone) -> Telephone:
        """Return what a client sees of ``telephone``."""
        return cls.model_construct(
            announcement=telephone.announcement,
            destinations=[Destination.of(destination) for destination in telephone.destinations],
            on_machine=telephone.on_machine,
            voicemail=telephone.voicemail,
            keypad=Keypad.of(telephone.keypad),
        )
