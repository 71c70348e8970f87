"""Where the collection's folders are.

kentlib is installed from its checkout (`pip install -e .`), so the folders stand beside it.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
PARAMS = ROOT / "params"
REPORTS = ROOT / "reports"
LOCK = ROOT / "requirements.lock"
