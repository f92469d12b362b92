"""What the API is asked, whatever server carries it, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from groupchat import submission, timeline
from groupchat.conf import conf
from groupchat.errors import BadFrame, Invalid, NotFound, TooLong, Unauthenticated
from groupchat.models import Person, Room

MOST_ROOM_DIGITS = 18  # of an id; every one of them fits the column

M = TypeVar("M", bound=BaseModel)


class Body(BaseModel):
    """The content of a request; members that we do not know are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)


class Query(BaseModel):
    """What stands behind the question mark: all of it is text."""

    model_config = ConfigDict(extra="ignore")


WholeNumber = Annotated[int, Field(ge=0, le=2**63 - 1)]
Limit = Annotated[int, Field(ge=1, le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `path` is what stands behind the API's own address, `content` is None where it is too large."""

    method: str
    path: str
    query: bytes
    authorization: str
    idempotency_key: str | None
    content: bytes | None
    address: str  # of whom the request is

    def body(self, kind: type[M]) -> M:
        """The JSON object in the content; raises BadFrame, Invalid or TooLong."""
        if self.content is None:
            raise TooLong(f"A request holds at most {conf().max_frame_bytes:,} bytes.")
        try:
            return kind.model_validate_json(self.content)
        except ValidationError as error:
            raise _refusal(error) from None

    def asked(self, kind: type[M]) -> M:
        """What the query says; raises Invalid."""
        try:
            return kind.model_validate(dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)))
        except ValidationError as error:
            raise _refusal(error) from None

    async def person(self) -> Person:
        """Whose token the request brings; raises Unauthenticated, or RateLimited where many were wrong."""
        scheme, _, secret = self.authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Unauthenticated("Send your token in a header: Authorization: Bearer …")
        person = await submission.person_of(secret.strip())
        if person is None:
            await submission.require_fewer_wrong_tokens(self.address)
        if person is None or not person.is_admitted:
            raise Unauthenticated("This token is not in force.")
        return person


@dataclass(frozen=True, slots=True)
class Place:
    """The room that an address names: by its id, or by its name."""

    room_id: str | None = None
    slug: str | None = None

    def find(self) -> Room:
        """The room, whoever asks; raises NotFound."""
        if self.slug is not None:
            return timeline.room_by_slug(self.slug)
        room = Room.objects.filter(pk=self.id).first()
        if room is None:
            raise NotFound("There is no such room.")
        return room

    @property
    def id(self) -> int:
        """The id in the address; raises NotFound where no room can have it."""
        if self.room_id is None or len(self.room_id) > MOST_ROOM_DIGITS:
            raise NotFound("There is no such room.")
        return int(self.room_id)


def _refusal(error: ValidationError) -> BadFrame | Invalid:
    first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] in ("json_invalid", "model_type"):
        return BadFrame("Send one JSON object, in UTF-8.")
    field = str(first["loc"][0])
    return Invalid(f"{field}: {first['msg']}.", field=field)
