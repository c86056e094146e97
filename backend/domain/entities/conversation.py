"""The turns of a call, and the ways to read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.domain.value_objects.conversation_turn import ConversationTurn, Role

# A model is shown so many turns at most; the oldest go so many at a time.
_MOST_TURNS: Final = 60
_DROPPED_TURNS: Final = 20


class MessageRole(StrEnum):
    """The roles of a chat model's messages."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a chat model."""

    role: MessageRole
    content: str


class Conversation:
    """Append-only list of committed turns; ``earlier`` are those of another call that this one goes on with.

    A model is shown what the caller *heard*, never what was generated and cut off; a turn of which
    nothing was heard does not exist for it.
    """

    def __init__(
        self, turns: Iterable[ConversationTurn] = (), *, earlier: Iterable[ConversationTurn] = ()
    ) -> None:
        self._turns = list(turns)
        self._earlier = tuple(earlier)

    @property
    def turns(self) -> tuple[ConversationTurn, ...]:
        """All committed turns of this call, in order."""
        return tuple(self._turns)

    def append(self, turn: ConversationTurn) -> None:
        """Add the next turn. Raises ``ValueError`` unless its number is the next one."""
        if turn.number != len(self._turns) + 1:
            raise ValueError(f"expected turn {len(self._turns) + 1}, got {turn.number}")
        self._turns.append(turn)

    def messages(self, *, system: str, caller_text: str = "") -> list[Message]:
        """Return the conversation for a chat model: system prompt, recent turns, then ``caller_text``.

        Neighbouring turns of one role are joined, because some models insist on alternation. Old turns are
        dropped in blocks: services keep what they made of a prompt for one that begins in the same way, and
        with a turn dropped at a time none ever would.
        """
        messages = [Message(MessageRole.SYSTEM, system)]
        turns = [*self._earlier, *self._turns]
        too_many = max(0, len(turns) - _MOST_TURNS)
        first = -(-too_many // _DROPPED_TURNS) * _DROPPED_TURNS
        spoken = [(turn.role, turn.heard) for turn in turns[first:] if turn.heard.strip()]
        if caller_text:
            spoken.append((Role.CALLER, caller_text))
        for who, text in spoken:
            role = MessageRole.USER if who is Role.CALLER else MessageRole.ASSISTANT
            if messages[-1].role is role:
                messages[-1] = Message(role, f"{messages[-1].content} {text}")
            else:
                messages.append(Message(role, text))
        return messages

    def transcript(self) -> str:
        """Return the conversation for people: one line a turn, unheard words in [brackets]."""
        lines = []
        for turn in self._turns:
            unheard = f" [{turn.unheard.strip()}]" if turn.unheard.strip() else ""
            lines.append(f"{turn.role.value}: {turn.heard.strip()}{unheard}")
        return "\n".join(lines)
