"""Reports: a params file and a notebook become an executed notebook, a page and a record.

Nothing here knows about children or measures. `plan` turns params files into jobs, `run` works
them off, `page` and `index` make what a reader opens, `record` says what made it, and `accept`
renews the outputs that are stored in notebooks/.
"""
