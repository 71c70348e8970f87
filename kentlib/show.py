"""What a notebook cell shows: headings, figures with alt text, tables, source lines.

Each output is plain data in the notebook (Markdown, SVG, HTML), the same bytes on every run,
so that a diff in a stored output is a changed result. The `kentlib` entry in an output's
metadata tells the page maker what the output is.
"""
