"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="GROUPCHAT_DATA",
        help="The data folder: database, secret key, static files. [default: ./data]",
    ),
]
