"""The standard streams of a kernel that was forked, which flush only what was written."""

from __future__ import annotations

from ipykernel import iostream


class OutStream(iostream.OutStream):
    """ipykernel's stream, but a flush with nothing to send does not wait for another thread.

    A kernel flushes its streams six times a cell, most often for nothing. What was written and
    is on its way is sent before whatever is sent later: one thread sends it all, in order.
    """

    def flush(self) -> None:
        """Send what was written since the last time."""
        if self._flush_pending or self._subprocess_flush_pending:
            super().flush()
