"""What an agent does on the telephone and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.keypad import Keypad
from backend.domain.value_objects.phone_number import PhoneNumber


@dataclass(frozen=True, slots=True)
class Destination:
    """Somebody whom callers can be put through to.

    ``name`` is what the model calls them by, ``description`` tells it when. ``is_warm``: they are told what
    the call is about before they get the caller; otherwise the caller is simply connected.
    Raises ``ValueError`` when the name is empty, or a text is beyond its limit.
    """

    name: str
    number: PhoneNumber
    description: str = ""
    is_warm: bool = False

    MAX_NAME: ClassVar = 40
    MAX_DESCRIPTION: ClassVar = 200

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a destination needs a name")
        if len(self.name) > self.MAX_NAME:
            raise ValueError(f"name is longer than {self.MAX_NAME} characters")
        if len(self.description) > self.MAX_DESCRIPTION:
            raise ValueError(f"description is longer than {self.MAX_DESCRIPTION} characters")


@dataclass(frozen=True, slots=True)
class Telephone:
    """An agent's manners on the telephone.

    ``announcement`` is said first on every telephone call and cannot be interrupted: the notice that the call
    is recorded. ``voicemail`` is what is left on an answering machine. Callers can be put through to
    ``destinations`` and nobody else; their names differ in more than case.
    Raises ``ValueError`` when that does not hold, a text is beyond its limit, or a message is to be left and
    there is none.
    """

    announcement: str = ""
    destinations: tuple[Destination, ...] = ()
    on_machine: OnMachine = OnMachine.HANG_UP
    voicemail: str = ""
    keypad: Keypad = field(default_factory=Keypad)

    MAX_ANNOUNCEMENT: ClassVar = 500
    MAX_VOICEMAIL: ClassVar = 1_000
    MAX_DESTINATIONS: ClassVar = 20

    def __post_init__(self) -> None:
        if len(self.announcement) > self.MAX_ANNOUNCEMENT:
            raise ValueError(f"announcement is longer than {self.MAX_ANNOUNCEMENT} characters")
        if len(self.voicemail) > self.MAX_VOICEMAIL:
            raise ValueError(f"voicemail is longer than {self.MAX_VOICEMAIL} characters")
        if self.on_machine is OnMachine.LEAVE_MESSAGE and not self.voicemail.strip():
            raise ValueError("to leave a message takes a voicemail")
        if len(self.destinations) > self.MAX_DESTINATIONS:
            raise ValueError(f"there are at most {self.MAX_DESTINATIONS} destinations")
        names = [_folded(destination.name) for destination in self.destinations]
        if len(set(names)) < len(names):
            raise ValueError("destinations have different names")


def find_destination(destinations: Sequence[Destination], name: str) -> Destination | None:
    """Return the one of ``destinations`` that is called ``name``, in whatever case, None if there is none."""
    wanted = _folded(name)
    return next((each for each in destinations if _folded(each.name) == wanted), None)


def _folded(name: str) -> str:
    return name.strip().casefold()
