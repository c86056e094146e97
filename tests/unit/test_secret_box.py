"""What protects the providers' keys while they lie in the database."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ConfigurationError, StorageError
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.security.master_keys import MasterKey, MasterKeys
from backend.infrastructure.security.secret_box import SecretBox
from tests.support.databases import not_root

KEY = Secret("gsk_0123456789abcdef")
OURS = b"tenant, account, address"


def a_setting(*first_bytes: int) -> Secret:
    """Return master keys as they stand in a setting, one for each number."""
    return Secret(",".join(base64.b64encode(bytes([first]) * 32).decode() for first in first_bytes))


def a_box(folder: Path, *keys: int) -> SecretBox:
    return SecretBox(MasterKeys(folder, a_setting(*keys) if keys else None))


def code_of(caught: pytest.ExceptionInfo[ConfigurationError]) -> str:
    assert caught.value.message.endswith(".")
    return caught.value.code


# --- sealing --------------------------------------------------------------------------------------


def test_what_is_sealed_is_hidden_and_comes_back(tmp_path: Path) -> None:
    box = a_box(tmp_path, 1)
    sealed = box.seal(KEY, OURS)
    assert KEY.reveal() not in sealed
    assert base64.b64encode(KEY.reveal().encode()).decode().rstrip("=") not in sealed
    assert box.open(sealed, OURS) == KEY


def test_the_same_secret_never_looks_the_same(tmp_path: Path) -> None:
    box = a_box(tmp_path, 1)
    assert len({box.seal(KEY, OURS) for _ in range(50)}) == 50


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_only_its_own_binding_opens_it(mine: bytes, theirs: bytes) -> None:
    box = SecretBox(MasterKeys(Path("nowhere"), a_setting(1)))
    sealed = box.seal(KEY, mine)
    if mine == theirs:
        assert box.open(sealed, theirs) == KEY
        return
    with pytest.raises(ConfigurationError) as caught:
        box.open(sealed, theirs)
    assert code_of(caught) == "secret-unreadable"


def test_every_changed_character_is_noticed(tmp_path: Path) -> None:
    box = a_box(tmp_path, 1)
    sealed = box.seal(KEY, OURS)
    for place in range(len(sealed)):
        for other in "A!:":
            changed = sealed[:place] + other + sealed[place + 1 :]
            if changed == sealed:
                continue
            with pytest.raises(ConfigurationError) as caught:
                box.open(changed, OURS)
            assert code_of(caught) == "secret-unreadable"


@pytest.mark.parametrize("sealed", ["", ":", "v1", "v1::", "v2:x:y", "plain text", "\ud800"])
def test_what_was_never_sealed_does_not_open(tmp_path: Path, sealed: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        a_box(tmp_path, 1).open(sealed, OURS)
    assert code_of(caught) == "secret-unreadable"


@pytest.mark.parametrize("kept", range(0, 60, 7))
def test_a_truncated_secret_does_not_open(tmp_path: Path, kept: int) -> None:
    box = a_box(tmp_path, 1)
    head, _, body = box.seal(KEY, OURS).rpartition(":")
    with pytest.raises(ConfigurationError):
        box.open(f"{head}:{body[: kept // 4 * 4]}", OURS)


# --- master keys ----------------------------------------------------------------------------------


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    sealed = a_box(tmp_path, 1).seal(KEY, OURS)
    with pytest.raises(ConfigurationError) as caught:
        a_box(tmp_path, 2).open(sealed, OURS)
    assert code_of(caught) == "secret-unreadable"


def test_an_earlier_master_key_opens_what_it_sealed_and_seals_no_more(tmp_path: Path) -> None:
    before, after = a_box(tmp_path, 1), a_box(tmp_path, 2, 1)
    old = before.seal(KEY, OURS)
    assert after.open(old, OURS) == KEY
    assert not after.is_current(old)
    new = after.seal(KEY, OURS)
    assert after.is_current(new)
    with pytest.raises(ConfigurationError):
        before.open(new, OURS)


def test_the_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sealed = a_box(folder).seal(KEY, OURS)
    path = folder / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_bytes()
    assert a_box(folder).open(sealed, OURS) == KEY
    a_box(folder).seal(KEY, OURS)
    assert path.read_bytes() == content
    assert list(folder.iterdir()) == [path]


def test_nothing_is_made_before_there_is_something_to_keep(tmp_path: Path) -> None:
    assert MasterKeys(tmp_path).all() == ()
    a_box(tmp_path, 1).seal(KEY, OURS)
    assert not list(tmp_path.iterdir())


def test_a_lost_file_is_not_replaced_by_looking_at_what_it_sealed(tmp_path: Path) -> None:
    sealed = a_box(tmp_path).seal(KEY, OURS)
    (tmp_path / "master.key").unlink()
    box = a_box(tmp_path)
    assert not box.is_current(sealed)
    with pytest.raises(ConfigurationError):
        box.open(sealed, OURS)
    assert not list(tmp_path.iterdir())


def test_those_who_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as processes:
        sealed = list(processes.map(lambda _: a_box(tmp_path).seal(KEY, OURS), range(32)))
    assert {a_box(tmp_path).open(each, OURS) for each in sealed} == {KEY}


def test_who_moves_from_the_file_to_the_setting_loses_nothing(tmp_path: Path) -> None:
    sealed = a_box(tmp_path).seal(KEY, OURS)
    moved = a_box(tmp_path, 7)
    assert moved.open(sealed, OURS) == KEY
    assert not moved.is_current(sealed)


@pytest.mark.parametrize("kept", [0, 1, 20, 43])
def test_a_truncated_file_is_told_and_never_replaced(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "master.key"
    a_box(tmp_path).seal(KEY, OURS)
    content = path.read_bytes()[:kept]
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        a_box(tmp_path).seal(KEY, OURS)
    assert code_of(caught) == "master-key"
    assert str(path) in caught.value.message
    assert path.read_bytes() == content


@pytest.mark.parametrize("text", ["", " ", "password", "A" * 44, "\u00e9" * 44, "QQ=="])
def test_a_setting_that_is_no_master_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        MasterKeys(tmp_path, Secret(text))
    assert code_of(caught) == "master-key"
    assert caught.value.__cause__ is None
    assert "VICTORIA_MASTER_KEY" in caught.value.message
    if text.strip():
        assert text not in caught.value.message


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.mkdir()
    with pytest.raises(ConfigurationError) as caught:
        MasterKeys(tmp_path).all()
    assert code_of(caught) == "master-key"


def test_a_folder_that_cannot_be_written_keeps_no_secret(tmp_path: Path) -> None:
    with not_root(), pytest.raises(StorageError):
        a_box(Path("/proc")).seal(KEY, OURS)


def test_a_master_key_does_not_show_itself() -> None:
    key = MasterKey(bytes(range(65, 97)))
    assert "ABC" not in repr(key)
    assert key.id != MasterKey(bytes(32)).id
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey(b"short")
