"""Tickets for calls, as a client asks for them and gets them."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from backend.domain.value_objects.variables import MOST_VALUE, MOST_VARIABLES, NAME_PATTERN
from backend.interfaces.http.schemas.agents import AgentDraft
from backend.interfaces.http.schemas.base import TEXT_PATTERN, Id, RequestModel, ResponseModel

_NOT_NULL: Final[JsonDict] = {"not": {"type": "null"}}
_NAMES_SOMEBODY: Final[JsonDict] = {
    "anyOf": [{"required": [name], "properties": {name: _NOT_NULL}} for name in ("agent_id", "draft")]
}

VariableName = Annotated[str, Field(pattern=f"^{NAME_PATTERN}$")]
VariableValue = Annotated[str, Field(max_length=MOST_VALUE, pattern=TEXT_PATTERN)]
Variables = Annotated[
    dict[VariableName, VariableValue],
    Field(
        max_length=MOST_VARIABLES,
        description="`{{name}}` in the agent's texts stands for its value",
        json_schema_extra={"additionalProperties": False},
    ),
]


class TicketRequest(RequestModel):
    """Whom to call: an agent as it is saved, or a draft of one that is not."""

    model_config = ConfigDict(json_schema_extra=_NAMES_SOMEBODY)

    agent_id: Id | None = Field(None, description="with `draft`: the agent that it is a draft of")
    draft: AgentDraft | None = Field(None, description="who answers; nothing of it is saved but the call")
    variables: Variables = Field(default={})

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.agent_id is None and self.draft is None:
            raise ValueError("either agent_id or draft is required")
        return self


class Ticket(ResponseModel):
    """Opens one call on ``/ws/audio``, once, within ``expires_in_s`` seconds."""

    ticket: str
    expires_in_s: int
