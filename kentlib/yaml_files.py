"""Reading the YAML files that the project itself keeps: dictionaries, code lists, forms.

A person's settings are read by `kentlib.reports.settings`, which refuses more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where PyYAML was built with it: ten times faster."""


def read(path: Path) -> Any:
    """What a YAML file in UTF-8 holds.

    Raises
    ------
    OSError, ValueError, yaml.YAMLError
        There is no such file, it is not text, or it is not YAML.
    """
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
