"""The publishers' own files: one module per publisher, each reading what it issues."""
