"""What FastAPI's OpenAPI document gets wrong about us, put right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from starlette.routing import compile_path

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"

_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_FRAMEWORKS_OWN: Final = ("HTTPValidationError", "ValidationError")


def truthful(document: dict[str, Any]) -> dict[str, Any]:
    """Return ``document`` with errors as problem documents, and without those of the framework's own.

    FastAPI describes errors with the media type of the success, and adds its own 422 to every operation
    with a parameter; ours are problem documents and where there is one, it is described.
    """
    for responses in _all_responses(document):
        for status, response in list(responses.items()):
            content = response.get("content", {})
            schemas = [media.get("schema") for media in content.values()]
            if any(str(schema).find(_FRAMEWORKS_OWN[0]) >= 0 for schema in schemas):
                del responses[status]
            elif _PROBLEM in schemas:
                response["content"] = {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM}}
    for name in _FRAMEWORKS_OWN:
        document.get("components", {}).get("schemas", {}).pop(name, None)
    return document


def _all_responses(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield operation["responses"]


def methods_of(document: dict[str, Any], path: str) -> list[str]:
    """Return the methods that work at ``path``, in upper case; none if the document does not know it."""
    for template, operations in document["paths"].items():
        pattern, *_ = compile_path(template)
        if pattern.fullmatch(path):
            return sorted(method.upper() for method in operations)
    return []
