"""environment.yml, pyproject.toml and requirements.lock say the same.

What this cannot prove: that conda-forge has every package named for it and that conda finds
versions that go together (no conda is asked here), nor that the hashes are those of the published
packages: `make setup` proves that for the platform it runs on, by installing them.
"""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kentlib import paths

PROJECT = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = paths.LOCK.read_text(encoding="utf-8")


def bounds(lines):
    """Name and bounds of each requirement."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one.specifier for one in found}


def declared():
    extras = PROJECT["optional-dependencies"].values()
    found = bounds([*PROJECT["dependencies"], *(line for extra in extras for line in extra)])
    found.pop("kentlib", None)  # an extra that takes in another
    return found


def conda():
    """What environment.yml lists for conda, and what for pip."""
    told = yaml.safe_load((paths.ROOT / "environment.yml").read_text(encoding="utf-8"))
    for_conda = [line for line in told["dependencies"] if isinstance(line, str)]
    (for_pip,) = (line["pip"] for line in told["dependencies"] if isinstance(line, dict))
    return for_conda, for_pip


def entries(lock):
    """Each locked package: its line without the hashes, and its hashes."""
    whole = re.sub(r"\\\n", " ", re.sub(r"(?m)^ *#.*\n", "", lock))
    found = []
    for line in filter(None, map(str.strip, whole.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        found.append((Requirement(requirement), hashes))
    return found


def test_environment_yml_has_the_dependencies_and_bounds_of_pyproject():
    for_conda, for_pip = conda()
    ours = bounds([line for line in for_conda if line != "pip"])
    ours |= bounds([line for line in for_pip if not line.startswith("-e")])
    assert str(ours.pop("python")) == PROJECT["requires-python"]
    assert ours == declared()
    assert "-e ." in for_pip
    assert "pip" in for_conda


def test_the_tests_have_what_the_other_extras_bring():
    for extra in PROJECT["optional-dependencies"].keys() - {"dev"}:
        assert f"kentlib[{extra}]" in PROJECT["optional-dependencies"]["dev"]


def test_no_dependency_is_listed_twice():
    for_conda, for_pip = conda()
    named = [re.split(r"[<>=]", line)[0] for line in for_conda + for_pip]
    assert sorted(named) == sorted(set(named))
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    assert len(lines) == len(bounds(lines))


@pytest.mark.parametrize("name", sorted(declared()))
def test_the_lock_holds_a_version_within_the_bounds(name):
    locked = [one for one, _ in entries(LOCK) if canonicalize_name(one.name) == name]
    assert locked, f"{name} is not in requirements.lock: run `make lock`"
    for one in locked:
        (pin,) = one.specifier
        assert pin.operator == "=="
        assert declared()[name].contains(pin.version), f"{one}: run `make lock`"


def test_every_locked_package_is_pinned_and_hashed():
    locked = entries(LOCK)
    assert len(locked) > 100
    for one, hashes in locked:
        assert [pin.operator for pin in one.specifier] == ["=="], one
        assert hashes, one
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), one


def test_the_lock_names_no_index():
    assert not re.search(r"(?i)https?:|--(extra-)?index-url|--find-links|--trusted-host|@ ", LOCK)


def test_the_lock_is_for_windows_and_macos_too_and_is_not_of_kentlib():
    markers = " ".join(str(one.marker) for one, _ in entries(LOCK) if one.marker)
    assert "os_name == 'nt'" in markers.replace('"', "'")
    assert "'darwin'" in markers.replace('"', "'")
    assert not any(one.name == "kentlib" for one, _ in entries(LOCK))
