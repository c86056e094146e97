"""In CI a test that should have run and did not is a failure.

Elsewhere a machine without Chromium, PostgreSQL or a speech synthesiser skips the tests that need them. A
skip that is right everywhere says so: its reason begins with "n/a".

Tests outside ``tests/unit`` work with real clocks, sockets and processes, and share their machine with
whatever else it does just then. One that fails is run again, twice at most, with servers and databases of its
own; what went wrong before is printed at the end.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from pytest_rerunfailures import suspended_finalizers  # type: ignore[import-untyped]

_UNIT_TESTS: Final = Path(__file__).parent / "unit"
_RERUNS: Final = 2
_skipped: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to remember what was skipped; let examples, and making them, take the time they need."""
    unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("unhurried", unhurried)
    settings.load_profile("unhurried")
    config.stash[_skipped] = []
    config.pluginmanager.register(_Skips(config), "skips")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hear what depends on real time again."""
    for item in items:
        if not item.path.is_relative_to(_UNIT_TESTS):
            item.add_marker(pytest.mark.flaky(reruns=_RERUNS))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before a test is heard again, end all that it shares with others: the server that it has left in
    disorder, and calls that were made once for a whole module, would only be judged again as they are."""
    if getattr(item, "execution_count", 1) > 1:
        started = item.session._setupstate
        # The plugin would go on with what these end. What is set up anew it would not end at all, if it was a
        # fixture that failed: a browser left open like that fails every asynchronous test after it.
        started.stack.update(suspended_finalizers)
        suspended_finalizers.clear()
        started.teardown_exact(None)


class _Skips:
    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a skip that is not right everywhere."""
        if report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            if not reason.startswith("n/a"):
                self._config.stash[_skipped].append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run in CI if something was skipped."""
    if os.environ.get("CI") == "true" and session.config.stash[_skipped]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say why."""
    if os.environ.get("CI") == "true" and config.stash[_skipped]:
        terminalreporter.section("skipped, but this is CI")
        for line in config.stash[_skipped]:
            terminalreporter.line(line, red=True)
