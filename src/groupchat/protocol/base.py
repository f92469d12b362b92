"""What every frame is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL = 1  # raised when an old client could no longer understand us

PositiveId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Seq = Annotated[int, Field(ge=0, le=2**63 - 1)]
Ref = Annotated[int, Field(ge=0, le=2**53)] | Annotated[str, Field(max_length=64)] | None


class Command(BaseModel):
    """What every command has: `ref` comes back in its reply. Unknown members are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    ref: Ref = None
