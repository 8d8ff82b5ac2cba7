"""The one object that pages talk to, assembled from parts with one purpose each.

Pages, routes and programs open a `Studio` and call its parts, such as `studio.compose.submit(...)`.
They never reach through a part into its insides.
"""

from core.studio.studio import Studio

__all__ = ["Studio"]
