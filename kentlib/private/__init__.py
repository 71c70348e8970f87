"""What an authority's extracts hold about a person and nobody may be shown, and where it shows.

- `columns` says which columns hold such a thing, by their headers.
- `gathering` takes the values out of the files of a folder.
- `spellings` writes a value in the one way in which all its spellings are the same.
- `known` has the values so written, and finds them in text and in tables.

Nothing here writes a file or a message that holds a value.
"""
