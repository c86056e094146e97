"""One log: one JSON object a line, or plain lines on a terminal.

Everything goes through the standard library's root logger, so libraries, uvicorn and our own code (the
standard ``logging`` with ``extra``, or structlog) come out alike, each line with what is bound to the
context: ``request_id`` by the middleware beside this module, ``call_id`` by the endpoint that runs a call
(``structlog.contextvars.bound_contextvars``, which tasks inherit). Our own loggers obey the level; other
people's are held at warnings, because at lower levels they write prompts, frames and headers.
"""

from __future__ import annotations

import logging
import sys
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import Processor

from backend.infrastructure.logging.redaction import Redactor

LogFormat = Literal["auto", "json", "console"]

_OWN: Final = "backend"
_SERVER: Final = "uvicorn"
_ACCESS: Final = "uvicorn.access"


def configure_logging(
    level: str, log_format: LogFormat = "auto", *, show_personal: bool = False, stream: TextIO = sys.stderr
) -> None:
    """Send all logging of the process to ``stream``. To be called once, by whoever starts the process."""
    root = logging.getLogger()
    root.handlers = [log_handler(log_format, show_personal=show_personal, stream=stream)]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OWN).setLevel(level.upper())
    server = logging.getLogger(_SERVER)
    server.setLevel(logging.WARNING)  # below, it writes a line for every socket, or even every frame
    for logger in (server, logging.getLogger("uvicorn.error"), logging.getLogger(_ACCESS)):
        logger.handlers = []
        logger.propagate = True
    # RequestIdMiddleware writes the line about a request, with its id and how long it took.
    logging.getLogger(_ACCESS).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def log_handler(log_format: LogFormat, *, show_personal: bool, stream: TextIO) -> logging.Handler:
    """Return a handler that writes redacted lines to ``stream``."""
    as_json = log_format == "json" or (log_format == "auto" and not stream.isatty())
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared_processors(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                Redactor(show_personal=show_personal),
                renderer,
            ],
        )
    )
    return handler


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
