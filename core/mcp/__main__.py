"""`python -m core.mcp`: the tools over standard input and output, for an agent on this machine.

Whoever may read the data folder is trusted with it, so there is no token. Beside a running server
it leaves the work to that; alone it does it.
"""

from __future__ import annotations

import argparse
import sys

from core.domain.people import LOCAL, Person
from core.errors import DailiesError
from core.mcp.tools import Tools
from core.serving import serve
from core.settings import Settings
from core.studio import Studio


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.mcp", description=__doc__)
    parser.add_argument("--name", default="An agent", help="who signs what it makes")
    asked = parser.parse_args()
    try:
        studio = Studio(Settings.load())
    except DailiesError as error:
        sys.exit(f"Dailies cannot start. {error.message} {error.hint}")
    with serve(studio):
        Tools(Person(LOCAL.id, asked.name, LOCAL.role)).server().run("stdio")


if __name__ == "__main__":
    main()
