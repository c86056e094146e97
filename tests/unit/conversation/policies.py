"""The agent the conversation machine acts for in the tests, and the policies that follow from it."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.conversation.manners import policy_for
from backend.domain.entities.agent import Agent, LatencyOptions, TurnTaking
from backend.domain.entities.telephone import Destination, Telephone
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Policy, Silence

AGENT = Agent(id="a" * 32, tenant="default", name="Ada", prompt="Be brief.")
WORKSHOP = Destination("Workshop", PhoneNumber("+15550100"))


def policy(
    first_message: str = "",
    *,
    language: Language = ENGLISH,
    first_speaker: FirstSpeaker = FirstSpeaker.AGENT,
    endpointing: Endpointing | None = None,
    barge_in: BargeIn | None = None,
    silence: Silence | None = None,
    limits: Limits | None = None,
    is_eager: bool = False,
    telephone: Telephone | None = None,
) -> Policy:
    """The policy of an agent that differs from the default only in what is given.

    Unless it ``is_eager``, it begins no answer early and grants the same pauses always. With a ``telephone``
    the line is one, and can put callers through.
    """
    manner = TurnTaking(
        first_speaker=first_speaker,
        endpointing=replace(endpointing or Endpointing(), adaptive=is_eager),
        barge_in=barge_in or BargeIn(),
        silence=silence or Silence(),
        limits=limits or Limits(),
    )
    return policy_for(
        replace(
            AGENT,
            first_message=first_message,
            language=language,
            turn_taking=manner,
            latency=LatencyOptions(speculative_replies=is_eager),
            telephone=telephone or Telephone(),
        ),
        on_telephone=telephone is not None,
        can_transfer=telephone is not None,
    )


POLICY = policy()
EAGER = policy(is_eager=True)
FIRST_SOUND_CUTS = policy(barge_in=BargeIn(min_words=0))
UNINTERRUPTIBLE = policy(barge_in=BargeIn(enabled=False))
