"""What differs between two executed notebooks, and why.

- `outputs` says what differs: cells (`matching`), tables (`html_tables`), sentences (`words`),
  figures by the data behind them (`behind`) and then as pictures (`pictures`).

Nothing here knows about children or measures, or sanitises anything: what differs is told.
"""
