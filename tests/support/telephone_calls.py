"""Whole calls that come in by telephone, in virtual time."""

from __future__ import annotations

from backend.domain.entities.call import Direction
from backend.domain.entities.telephone import Destination, Telephone
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm

NOTICE = "This call is recorded."
WORKSHOP = Destination("Workshop", PhoneNumber("+15550100"))
TELEPHONE = Telephone(announcement=NOTICE, destinations=(WORKSHOP,))


def telephone(llm: ScriptedLlm | None = None, telephone_: Telephone = TELEPHONE, **parts: object) -> Stage:
    """A call that comes in by telephone."""
    return Stage(
        agent=agent(telephone=telephone_),
        llm=llm or ScriptedLlm([Say("All right.")]),
        direction=Direction.INBOUND,
        can_transfer=True,
        **parts,  # type: ignore[arg-type]
    )
