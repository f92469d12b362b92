"""Pictures of people and rooms: what is taken, what becomes of it, and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image, PngImagePlugin
from tests.accounts import cookies_of
from tests.domain.conftest import Ear

from groupchat.actions import pictures, rooms
from groupchat.errors import Forbidden, Invalid, NotFound, TooLong
from groupchat.images import SIZES, squares
from groupchat.models import Person, Room
from groupchat.resources import person_resource, room_resource

RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_picture(kind: str = "PNG", *, size: tuple[int, int] = (300, 200), **saved: Any) -> BytesIO:
    """Red, with a green square in its middle."""
    image = Image.new("RGB", size, RED)
    middle = min(size)
    image.paste(GREEN, ((size[0] - middle) // 2, (size[1] - middle) // 2, (size[0] + middle) // 2, middle))
    file = BytesIO()
    image.save(file, kind, **saved)
    file.seek(0)
    return file


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def files() -> list[str]:
    return sorted(default_storage.listdir(pictures.FOLDER)[1]) if default_storage.exists(pictures.FOLDER) else []


def is_near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(found[:3], wanted, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_middle_is_cut_out_in_all_sizes(kind: str) -> None:
    made = squares(a_picture(kind), max_pixels=100_000)
    assert set(made) == set(SIZES)
    for size, content in made.items():
        image = opened(content)
        assert (image.format, image.size) == ("WEBP", (size, size))
        assert is_near(image.convert("RGB").getpixel((2, size // 2)), GREEN)


def test_nothing_of_what_the_camera_wrote_is_left_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010E] = "at home"
    image = Image.new("RGB", (200, 200), RED)
    image.paste(BLUE, (0, 100, 200, 200))
    file = BytesIO()
    image.save(file, "JPEG", exif=exif, icc_profile=b"profile", comment=b"secret")
    content = squares(file, max_pixels=100_000)[256]
    assert not any(one in content for one in (b"EXIF", b"ICCP", b"XMP ", b"at home", b"secret", b"profile"))
    found = opened(content).convert("RGB")
    assert is_near(found.getpixel((20, 128)), BLUE)
    assert is_near(found.getpixel((236, 128)), RED)


def test_texts_in_a_file_are_left_behind() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "secret")
    assert b"secret" not in squares(a_picture(pnginfo=told), max_pixels=100_000)[64]


def test_the_first_picture_of_one_that_moves() -> None:
    file = BytesIO()
    first, second = Image.new("RGB", (80, 80), GREEN), Image.new("RGB", (80, 80), RED)
    first.save(file, "GIF", save_all=True, append_images=[second])
    image = opened(squares(file, max_pixels=100_000)[64])
    assert getattr(image, "n_frames", 1) == 1
    assert is_near(image.convert("RGB").getpixel((32, 32)), GREEN)


def test_one_of_too_many_pixels_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_: Any) -> None:
        raise AssertionError("it was unpacked")

    file = a_picture(size=(2000, 2000))
    monkeypatch.setattr(Image.Image, "load", unpacked)
    with pytest.raises(TooLong):
        squares(file, max_pixels=3_999_999)


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\0" * 50],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        squares(BytesIO(content), max_pixels=100_000)


def test_half_a_picture_and_another_format_are_refused() -> None:
    with pytest.raises(Invalid):
        squares(BytesIO(a_picture("JPEG").getvalue()[:400]), max_pixels=100_000)
    with pytest.raises(Invalid):
        squares(a_picture("TIFF"), max_pixels=100_000)


def test_a_persons_picture_is_told_kept_and_removed_with_the_next(alice: Person, lobby: Room, ear: Ear) -> None:
    first = pictures.set_avatar(person=alice, picture=a_picture())
    assert person_resource(first)["avatar"] == first.avatar
    assert first.version == alice.version + 1
    assert ear.of_room(lobby.pk)[-1].people == [person_resource(first)]
    assert files() == sorted(f"{first.avatar}-{size}.webp" for size in SIZES)
    assert opened(pictures.read(key=first.avatar, size=64)).size == (64, 64)
    second = pictures.set_avatar(person=alice, picture=a_picture("JPEG"))
    assert second.avatar != first.avatar
    assert files() == sorted(f"{second.avatar}-{size}.webp" for size in SIZES)
    assert "avatar" not in person_resource(pictures.set_avatar(person=alice, picture=None))
    assert files() == []


def test_what_is_refused_leaves_nothing(
    alice: Person, bob: Person, lobby: Room, guest: Callable[..., Person], settings: Any, ear: Ear
) -> None:
    with pytest.raises(Forbidden):
        pictures.set_avatar(person=guest("Grace"), picture=a_picture())
    with pytest.raises(Forbidden):
        pictures.set_picture(person=bob, room_id=lobby.pk, picture=a_picture())
    with pytest.raises(NotFound):
        pictures.set_picture(person=bob, room_id=lobby.pk + 1, picture=a_picture())
    ear.heard.clear()
    settings.GROUPCHAT = {"MAX_PICTURE_BYTES": 100}
    with pytest.raises(TooLong):
        pictures.set_avatar(person=alice, picture=a_picture())
    settings.GROUPCHAT = {"MAX_PICTURE_BYTES": 0}
    with pytest.raises(Invalid):
        pictures.set_avatar(person=alice, picture=a_picture())
    assert (files(), ear.heard) == ([], [])


def test_nobody_uploads_where_pillow_is_missing(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "can_read", lambda: False)
    assert not pictures.can_upload()
    with pytest.raises(Invalid):
        pictures.set_avatar(person=alice, picture=a_picture())


def test_a_rooms_picture_is_one_of_its_facts(alice: Person, lobby: Room, ear: Ear) -> None:
    room = pictures.set_picture(person=alice, room_id=lobby.pk, picture=a_picture())
    assert room_resource(room)["picture"] == room.picture
    assert ear.of_room(lobby.pk)[-1].frame["info"] == room_resource(room)
    pictures.set_picture(person=alice, room_id=lobby.pk, picture=None)
    assert "picture" not in ear.of_room(lobby.pk)[-1].frame["info"]
    assert files() == []


def browser(person: Person) -> Client:
    client = Client()
    client.cookies.load(cookies_of(person))
    return client


def test_a_picture_is_served_for_ever_and_sniffed_by_nobody(alice: Person) -> None:
    key = pictures.set_avatar(person=alice, picture=a_picture()).avatar
    response = Client().get(f"/pictures/{key}/64.webp")
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert set(response["Cache-Control"].split(", ")) == {"private", "max-age=31536000", "immutable"}
    for address in (f"/pictures/{key}/65.webp", f"/pictures/{key}x/64.webp", "/pictures/p/64.webp"):
        assert Client().get(address).status_code == 404


def test_that_of_a_closed_room_is_for_its_members(alice: Person, bob: Person, cellar: Room) -> None:
    address = f"/pictures/{pictures.set_picture(person=alice, room_id=cellar.pk, picture=a_picture()).picture}/64.webp"
    assert browser(alice).get(address).status_code == 200
    assert browser(bob).get(address).status_code == 404
    assert Client().get(address).status_code == 404
    rooms.delete(person=alice, room_id=cellar.pk)
    assert browser(bob).get(address).status_code == 404


def test_a_form_takes_them(alice: Person, bob: Person, lobby: Room) -> None:
    mine, theirs = browser(alice), browser(bob)
    assert mine.post("/settings/", {"section": "picture", "picture": a_picture()}).status_code == 302
    alice.refresh_from_db()
    assert f"/pictures/{alice.avatar}/256.webp" in mine.get("/settings/").content.decode()
    assert mine.post("/settings/", {"section": "picture"}).status_code == 422
    assert mine.post("/settings/", {"section": "picture", "remove": "1"}).status_code == 302
    alice.refresh_from_db()
    assert alice.avatar == ""
    told = mine.post(f"/room-pictures/{lobby.pk}/", {"picture": a_picture()})
    lobby.refresh_from_db()
    assert told.json() == {"picture": lobby.picture}
    refused = theirs.post(f"/room-pictures/{lobby.pk}/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
    assert Client().post(f"/room-pictures/{lobby.pk}/").status_code == 401
    assert mine.post(f"/room-pictures/{lobby.pk}/").json() == {"picture": ""}
