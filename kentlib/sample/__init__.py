"""The bundled sample: an authority's extracts, wholly synthetic, that reproduce published totals.

`make(seed, folder)` writes them. Everything is drawn from the seed (see `draws`), so the same seed
gives the same bytes on any machine.
"""

from __future__ import annotations

from pathlib import Path

from kentlib.errors import DataError

DEFAULT_SEED = 2017


def make(seed: int, folder: Path) -> list[tuple[str, int]]:
    """Write the sample to a folder; return each file with its number of rows.

    Raises
    ------
    DataError
        The seed is below 0, or no children that make up the published totals come of it.
    """
    if seed < 0:
        raise DataError(f"The seed is {seed}; it must be a whole number, 0 or more.")
    from kentlib.sample import bundle

    return bundle.make(seed, folder)
