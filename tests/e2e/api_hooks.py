"""What schemathesis has to know beyond the OpenAPI document; it loads this module by name."""

from __future__ import annotations

import re
from typing import Any, Final

import schemathesis

from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.domain.value_objects.policies import Endpointing
from backend.interfaces.http.schemas.agents import LANGUAGE_PATTERN
from backend.interfaces.http.schemas.engines import ENGINE_PATTERN
from backend.interfaces.http.schemas.keys import LAST_MS
from backend.interfaces.http.schemas.providers import ACCOUNT_ID_PATTERN
from tests.support.provider_kinds import HOME

# Which kinds there are, what settings each has, and which languages can be spoken, is data of the server and
# not in its schema.
A_KIND: Final = HOME.id
ITS_SETTINGS: Final = {"base_url": "http://127.0.0.1:11434"}


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: Any, _kwargs: dict[str, Any]) -> None:
    """Keep the rules that a schema cannot express.

    Only those rules: what is wrong by itself stays wrong.
    """
    match case.body:
        case {"kind": str() as kind, **rest} if re.fullmatch(ACCOUNT_ID_PATTERN, kind):
            case.body["kind"] = A_KIND
            settings = rest.get("settings", {})
            if isinstance(settings, dict) and all(isinstance(value, str) for value in settings.values()):
                case.body["settings"] = ITS_SETTINGS
        case {"language": str() as language, "text": _} if re.fullmatch(LANGUAGE_PATTERN, language):
            case.body["language"] = SPANISH.tag
        case {"name": _, "expires_at": int() | float() as instant} if 0 <= instant <= LAST_MS:
            case.body["expires_at"] = LAST_MS  # which is in the future, whatever the time is
        case {"draft": dict() as agent} | (dict() as agent):
            _order_pauses(agent)
            _name_engines_once(agent)
            _name_languages_once(agent)
            _make_a_telephone(agent)


def _order_pauses(agent: dict[str, Any]) -> None:
    """The longest pause is not shorter than the shortest."""
    match agent:
        case {"turn_taking": {"endpointing": dict() as pauses}}:
            shortest = pauses.get("min_pause_ms", Endpointing().min_pause_ms)
            longest = pauses.get("max_pause_ms", Endpointing().max_pause_ms)
            if isinstance(shortest, int | float) and isinstance(longest, int | float) and longest < shortest:
                if "max_pause_ms" in pauses:
                    pauses["min_pause_ms"] = longest
                else:
                    pauses["max_pause_ms"] = shortest


def _name_engines_once(agent: dict[str, Any]) -> None:
    """No engine stands in for itself, and a model is one of an engine that is named."""
    engines = agent.get("engines")
    models = engines.get("llm") if isinstance(engines, dict) else None
    for choices in (models, agent.get("stand_in_voices")):
        for number, choice in enumerate(choices if isinstance(choices, list) else []):
            if isinstance(choice, dict) and re.fullmatch(ENGINE_PATTERN, str(choice.get("engine", "auto"))):
                choice["engine"] = f"engine-{number}"


def _name_languages_once(agent: dict[str, Any]) -> None:
    """The other languages are others, and each is another one."""
    tags = agent.get("other_languages")
    if isinstance(tags, list) and all(re.fullmatch(LANGUAGE_PATTERN, str(tag)) for tag in tags):
        own = agent.get("language", ENGLISH.tag)
        agent["other_languages"] = [tag for tag in dict.fromkeys(tags) if tag != own]


def _make_a_telephone(agent: dict[str, Any]) -> None:
    """A message is left only if there is one, and destinations have different names."""
    match agent:
        case {"telephone": dict() as telephone}:
            if (
                telephone.get("on_machine") == "leave_message"
                and not str(telephone.get("voicemail", "")).strip()
            ):
                telephone["on_machine"] = "hang_up"
            destinations = telephone.get("destinations")
            for number, each in enumerate(destinations if isinstance(destinations, list) else []):
                if isinstance(each, dict) and isinstance(name := each.get("name"), str) and name.isalnum():
                    each["name"] = f"{name[:30]}{number}"
