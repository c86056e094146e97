"""Check a file of settings before it is shipped: exit status 1 stops the build.

    python scripts/check_env.py config/environments/.env.production [NAME ...]

Every line has to be ``NAME=value``, no name there twice or without a value, none that Victoria does not know
(a misspelt setting is a setting that does nothing), and every value one that the server accepts. Each NAME
has to be set as well. Values are never printed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import AliasChoices

from backend.domain.errors import ConfigurationError
from backend.infrastructure.config.settings import PREFIX, Settings, load_settings

_LINE: Final = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*?)\s*")


def main(arguments: list[str] | None = None) -> int:
    """Check the file, print what is wrong with it, and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("required", nargs="*", metavar="NAME", help="a setting that must be there")
    given = parser.parse_args(arguments)
    try:
        text = given.file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{given.file} cannot be read: {error}", file=sys.stderr)
        return 1
    values, complaints = read(text)
    complaints += [f"{name} is missing." for name in given.required if name not in values]
    complaints += unknown(values)
    if not complaints:
        complaints += unusable(given.file)
    for complaint in complaints:
        print(f"{given.file}: {complaint}", file=sys.stderr)
    if not complaints:
        print(f"{given.file}: {len(values)} settings, all good.")
    return 1 if complaints else 0


def read(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the values that a file of settings holds, by name, and what is wrong with its lines."""
    values: dict[str, str] = {}
    complaints: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            complaints.append(f"line {number} is not NAME=value.")
            continue
        name, value = match["name"], match["value"].strip("\"'")
        if name in values:
            complaints.append(f"{name} is there twice (line {number}).")
        if not value:
            complaints.append(f"{name} has no value (line {number}).")
        values[name] = value
    return values, complaints


def unknown(names: Iterable[str]) -> list[str]:
    """Return a complaint for each name that looks like a setting of ours and is none."""
    known = known_variables()
    return [
        f"{name} is not a setting of Victoria's."
        for name in names
        if name.startswith(PREFIX) and name not in known
    ]


def known_variables() -> frozenset[str]:
    """Return the names of all variables that Victoria reads."""
    names = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    for field in Settings.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            names.update(str(choice) for choice in field.validation_alias.choices)
    return frozenset(names)


def unusable(file: Path) -> list[str]:
    """Return what the server would say of the values in ``file``, if they were all there is."""
    ours = known_variables()
    aside: Mapping[str, str] = {name: os.environ.pop(name) for name in ours & os.environ.keys()}
    try:
        load_settings(file)
    except ConfigurationError as error:
        return error.message.splitlines()
    finally:
        os.environ.update(aside)
    return []


if __name__ == "__main__":
    sys.exit(main())
