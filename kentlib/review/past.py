"""Files as they once were: found by their SHA-256 in the collection's git history, or in a folder.

What is found is what was recorded, to the byte, wherever it was found.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from kentlib import paths
from kentlib.reports import record

VERSIONS = 200
"""Versions of one file that are looked through, the newest first."""


class Past:
    """Finds old files.

    Parameters
    ----------
    folders
        Where copies of inputs may lie, under any name, beside the git history.
    """

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folders = tuple(folders)
        self._found: dict[str, bytes | None] = {}
        self._lying: dict[str, Path] | None = None
        self._versions: dict[str, list[str]] = {}

    def content(self, name: str, sha256: str | None, commit: str | None) -> bytes | None:
        """A file's content, or None where nothing of that SHA-256 is found.

        Parameters
        ----------
        name
            Its path from the collection's folder.
        sha256
            What it must have.
        commit
            Where to look first.
        """
        if sha256 is None:
            return None
        if sha256 not in self._found:
            self._found[sha256] = next(self._search(name, sha256, commit), None)
        return self._found[sha256]

    def _search(self, name: str, sha256: str, commit: str | None):
        tried = set()
        if commit:
            yield from _vouched(_shown(name, commit), sha256)
            tried.add(commit)
        lying = self._by_sha256().get(sha256)
        if lying:
            yield from _vouched(lying.read_bytes(), sha256)
        if Path(name).is_absolute():
            return
        if name not in self._versions:
            told = git("log", "--all", "--format=%H", f"--max-count={VERSIONS}", "--", name)
            self._versions[name] = (told or b"").decode().split()
        for version in self._versions[name]:
            if version not in tried:
                yield from _vouched(_shown(name, version), sha256)

    def _by_sha256(self) -> dict[str, Path]:
        if self._lying is None:
            self._lying = {}
            for folder in self._folders:
                for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                    with path.open("rb") as file:
                        digest = hashlib.file_digest(file, "sha256").hexdigest()
                    self._lying.setdefault(digest, path)
        return self._lying


def knows(commit: str) -> bool:
    """Whether the history here has a commit."""
    return git("cat-file", "-e", f"{commit}^{{commit}}") is not None


def git(*arguments: str) -> bytes | None:
    """What git says in the collection's folder; None where it fails or there is none."""
    try:
        done = subprocess.run(
            ["git", "-C", str(paths.ROOT), *arguments], capture_output=True, timeout=120
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _vouched(content: bytes | None, sha256: str):
    if content is not None and record.sha256(content) == sha256:
        yield content


def _shown(name: str, commit: str) -> bytes | None:
    return git("show", f"{commit}:./{name}")
