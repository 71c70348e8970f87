"""What differs between two executed notebooks, and why.

- `outputs` says what differs: cells (`matching`), tables (`html_tables`), sentences (`words`),
  figures by the data behind them (`behind`) and then as pictures (`pictures`).
- `command` reviews reports: it finds them (`reports`), has them made again (`today`, `recorded`),
  and compares (`compared`). Why they differ is found by undoing one change (`changes`, `reach`) at
  a time (`causes`), with old files (`past`, `tree`) in kernels of its own (`bench`). `verdict` has
  the words, `page` what is signed off, `inputs` what a reviewer asks in JupyterLab.

Nothing here knows about children or measures, or sanitises anything: what differs is told.
"""

from kentlib.review.inputs import inputs_of

__all__ = ["inputs_of"]
