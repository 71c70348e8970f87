"""Import this before papermill, nbclient, nbconvert or nbformat: it saves a second.

They import jsonschema, which compiles a grammar of international addresses (RFC 3987) whenever
JupyterLab's dependencies are installed. A notebook's schema never asks for one, so jsonschema is
imported here as if that grammar were absent, and everything else finds it as it was.
"""

import sys

if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]
