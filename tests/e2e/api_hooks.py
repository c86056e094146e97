"""What schemathesis has to know beyond the OpenAPI document; it loads this module by name."""

from __future__ import annotations

from typing import Any

import schemathesis

from backend.domain.value_objects.policies import Endpointing


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: Any, _kwargs: dict[str, Any]) -> None:
    """Keep the one rule that a schema cannot express: the longest pause is not shorter than the shortest.

    Only that rule: a pause that is wrong by itself stays wrong.
    """
    match case.body:
        case {"turn_taking": {"endpointing": dict() as pauses}}:
            shortest = pauses.get("min_pause_ms", Endpointing().min_pause_ms)
            longest = pauses.get("max_pause_ms", Endpointing().max_pause_ms)
            if isinstance(shortest, int | float) and isinstance(longest, int | float) and longest < shortest:
                if "max_pause_ms" in pauses:
                    pauses["min_pause_ms"] = longest
                else:
                    pauses["max_pause_ms"] = shortest
