"""The ASGI entry: ``uvicorn --factory backend.interfaces.http.main:create``.

Importing this module does nothing. ``create`` puts the whole server together; a plain ``uvicorn`` run of
it works, but only ``victoria serve`` lets live calls finish when it is told to stop.
"""

from __future__ import annotations

from fastapi import FastAPI


def create() -> FastAPI:
    """Return the application with everything behind it. Raises ``ConfigurationError``."""
    from backend.bootstrap import build_application  # noqa: PLC0415 - the whole server hangs on it

    return build_application()
