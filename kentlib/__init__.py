"""Children's services: how an authority was judged, on what figures, and where that stands.

Importing the package costs nothing but this line; each module imports what it needs.
"""

__version__ = "0.1.0"
