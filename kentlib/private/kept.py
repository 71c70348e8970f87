"""What is known of extracts, handed from the process that read them to those that make reports."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Mapping
from pathlib import Path

from kentlib.private.known import Known


def key(prepared: Mapping[str, str]) -> str:
    """The key of extracts, from what the warm parent is asked to read."""
    return json.dumps(dict(prepared), sort_keys=True)


def place(folder: str | Path, key: str) -> Path:
    """Where it is kept in a private folder, under a key that says of which extracts it is."""
    return Path(folder, f"known-{hashlib.sha256(key.encode()).hexdigest()[:24]}")


def keep(known: Known, path: Path) -> None:
    """Keep it in a file that only this user can read, whole or not at all."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        pickle.dump(known, file, protocol=5)
    os.replace(beside, path)


def load(path: Path) -> Known | None:
    """What is kept in a file; None where there is none."""
    try:
        return pickle.loads(path.read_bytes())
    except FileNotFoundError:
        return None
