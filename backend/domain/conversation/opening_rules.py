"""How a call opens: the announcement, which comes first whatever happens, then the agent's greeting."""

from __future__ import annotations

from backend.domain.conversation.effects import ReplyKind
from backend.domain.conversation.transition import Transition
from backend.domain.value_objects.policies import FirstSpeaker, Policy


def open_conversation(step: Transition) -> None:
    """The two sides can hear each other: say what is to be said first."""
    step.change(opening=_opening(step.policy))
    go_on_opening(step)


def go_on_opening(step: Transition) -> None:
    """Say the next thing that is to be said before the caller is listened to, if there is one. An
    announcement is said again until it was heard, a greeting is begun once."""
    if ReplyKind.ANNOUNCEMENT in step.state.opening:
        step.start_reply(ReplyKind.ANNOUNCEMENT, step.policy.announcement)
    elif ReplyKind.FIRST_MESSAGE in step.state.opening:
        step.change(opening=())
        step.start_reply(ReplyKind.FIRST_MESSAGE, step.policy.first_message)


def announcement_heard(step: Transition) -> None:
    """The announcement was heard to its end."""
    left = tuple(kind for kind in step.state.opening if kind is not ReplyKind.ANNOUNCEMENT)
    step.change(opening=left)


def _opening(policy: Policy) -> tuple[ReplyKind, ...]:
    kinds = []
    if policy.announcement.strip():
        kinds.append(ReplyKind.ANNOUNCEMENT)
    if policy.first_speaker is FirstSpeaker.AGENT and policy.first_message.strip():
        kinds.append(ReplyKind.FIRST_MESSAGE)
    return tuple(kinds)
