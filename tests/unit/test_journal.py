"""The journal: what was acknowledged is there after a crash, and nothing torn ever is."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from backend.infrastructure.database.journal import Journal

LIFE = "a" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def inherit(journal: Journal, folder: Path) -> Journal:
    """Let the process of ``journal`` die, and take its journal over."""
    journal.close()
    (orphan,) = Journal.orphans(folder)
    return orphan


def all_lines(journal: Journal) -> list[bytes]:
    lines = []
    while not journal.is_drained:
        some, end = journal.unread()
        lines += some
        journal.mark_read(end)
    return lines


def test_lines_come_back_in_order_in_the_next_life(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    journal.append([b"one", b"two"])
    journal.append([b"three"])
    orphan = inherit(journal, folder)
    assert orphan.life == LIFE
    assert all_lines(orphan) == [b"one", b"two", b"three"]
    orphan.close()


def test_a_torn_last_line_is_passed_over(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    journal.append([b"whole", b"torn in the middle"])
    path = folder / f"{LIFE}.jsonl"
    os.truncate(path, path.stat().st_size - 5)
    orphan = inherit(journal, folder)
    assert all_lines(orphan) == [b"whole"]
    orphan.close()


def test_a_journal_larger_than_one_read_is_read_to_its_end(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    lines = [bytes([65 + number]) * 700_000 for number in range(5)]
    journal.append(lines)
    assert all_lines(journal) == lines
    journal.remove()


def test_a_write_that_fails_half_way_leaves_nothing_of_itself(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    journal.append([b"first"])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))  # room for four more bytes
    try:
        with pytest.raises(OSError, match="File too large"):
            journal.append([b"does not fit"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    journal.append([b"second"])
    assert all_lines(journal) == [b"first", b"second"]
    journal.remove()


def test_what_comes_in_while_reading_is_not_forgotten(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    journal.append([b"one"])
    _, end = journal.unread()
    journal.append([b"two"])
    journal.mark_read(end)
    assert all_lines(journal) == [b"two"]
    journal.clear()
    assert journal.is_empty
    assert journal.is_drained
    journal.remove()


def test_the_journal_of_a_living_process_is_nobody_elses(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    assert Journal.orphans(folder) == []
    journal.remove()
    assert Journal.orphans(folder) == []
    assert list(folder.iterdir()) == []


def test_only_the_owner_can_read_the_journal(folder: Path) -> None:
    journal = Journal.create(folder, LIFE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{LIFE}.jsonl").stat().st_mode) == 0o600
    journal.remove()
