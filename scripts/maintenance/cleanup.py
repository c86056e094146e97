"""Delete old calls, their recordings first, while Victoria runs or stands still.

Without arguments: what the server itself deletes every hour, as each tenant wishes (Settings, Retention).
With ``--days`` or ``--recordings-days``: what is older than that, of every tenant, this once.
The settings are those of the server (environment or ``config/environments/.env.local``). Live calls stay.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from backend.application.services.retention import Swept
from backend.bootstrap_storage import build_retention, build_storage
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.retention import Retention
from backend.infrastructure.clock import SystemClock
from backend.infrastructure.config.settings import Settings, load_settings
from backend.infrastructure.providers.known_providers import KnownProviders


def main(arguments: list[str] | None = None) -> int:
    """Clean up and say what is gone; return the exit status: 1 if something could not be deleted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=_days, help="delete calls that are older, with everything")
    parser.add_argument("--recordings-days", type=_days, help="delete recordings that are older")
    given = parser.parse_args(arguments)
    once = Retention(given.days, given.recordings_days)
    try:
        swept = asyncio.run(clean_up(load_settings(), once))
    except VictoriaError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(
        f"Deleted {swept.calls} calls, {swept.recordings} recordings of calls that stay, "
        f"and {swept.orders} orders for calls."
    )
    if swept.left:
        print(f"{swept.left} recordings could not be deleted.", file=sys.stderr)
    return 1 if swept.left else 0


async def clean_up(settings: Settings, once: Retention) -> Swept:
    """Delete what is older than ``once`` says, or if that says nothing, than each tenant wishes.

    Raises ``StorageError``, ``ConfigurationError``.
    """
    storage = build_storage(settings, KnownProviders())
    async with storage.database:
        sweep = build_retention(settings, storage, SystemClock())
        return await sweep.sweep(once=None if once == Retention() else once)


def _days(text: str) -> int:
    days = int(text)
    Retention(days)
    return days


if __name__ == "__main__":
    sys.exit(main())
