"""Pictures that people upload: looked at before they are unpacked, cut to a square, written anew without what else the
file held. Pillow does the work; where it is not installed, nobody uploads any.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from io import BytesIO
from typing import IO, Any

from groupchat.errors import Invalid, TooLong, Unavailable

SIZES = (64, 256)  # pixels of an edge: beside a line, and alone; each for a screen of the finer kind
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 82
WAIT_SECONDS = 10.0

# A picture of many pixels takes a hundred megabytes while it is unpacked: one at a time in a process.
_one_at_a_time = threading.Lock()


def can_read() -> bool:
    """Whether Pillow is there."""
    return find_spec("PIL") is not None


def squares(file: IO[bytes], *, max_pixels: int) -> dict[int, bytes]:
    """By size, the middle of the picture as WebP, the first one where it moves.

    Raises TooLong where it has more than `max_pixels`, Invalid where it is no picture that we read.
    """
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise Unavailable("Many pictures came at once. Try again in a moment.")
    try:
        return _squares(file, max_pixels)
    finally:
        _one_at_a_time.release()


def _squares(file: IO[bytes], max_pixels: int) -> dict[int, bytes]:
    from PIL import Image, ImageOps

    try:
        with Image.open(file, formats=FORMATS) as image:  # reads no more than its head
            width, height = image.size
            if max_pixels and width * height > max_pixels:
                raise TooLong("This picture has too many pixels. Choose a smaller one.", field="picture")
            image.draft("RGB", (SIZES[-1] * 2, SIZES[-1] * 2))  # a JPEG is unpacked no larger than needed
            image.load()
            upright = ImageOps.exif_transpose(image)
            bare = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            return {size: _webp(ImageOps.fit(bare, (size, size), Image.Resampling.LANCZOS)) for size in SIZES}
    except (TooLong, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise TooLong("This picture has too many pixels. Choose a smaller one.", field="picture") from None
    except Exception:  # whatever a broken file makes of a decoder
        raise Invalid(
            "This is no picture that we can read. Choose a JPEG, PNG, WebP or GIF.", field="picture"
        ) from None


def _webp(image: Any) -> bytes:
    image.info.clear()  # nothing of what the camera or the program wrote into it
    written = BytesIO()
    image.save(written, "WEBP", quality=QUALITY, method=4)
    return written.getvalue()
