"""Reports: a plan and notebooks become executed notebooks, pages, records and an index.

Nothing here knows about children or measures. From the outside in:

- `plan` turns a plan file or params files into jobs (`nightly`, `wanted`, `declared`, `settings`,
  `places`); `run` works them off in a folder of its own (`lock`, `reuse`, `prune`, `progress`).
- `pool` has the workers of this machine, `distributed` those of others; `worker` makes one report.
- `kernel` executes a notebook through papermill; `engine` gives it a kernel forked from the warm
  parent (`warm` asks, `warm_parent` forks, what `preload` readied becomes what `forked` says, and
  `processes` ends what is left).
- `scan` looks through what was made, before it is written, for what `kentlib.private` knows of.
- `page` and `index` make what a reader opens; `record`, `facts`, `inputs` and `manifest` say what
  made it; `accept` renews the outputs that are stored in notebooks/.
"""
