"""Pages and JSON, compressed where that tells nobody what they hold.

The length of a compressed answer tells whoever watches the line whether words that an address put into a page stand
in it a second time (the attack is called BREACH). Three things are in its way: the tokens of forms are masked anew for
each page (Django), the length is random by up to a hundred bytes (Django's GZipMiddleware), and what another site made
the browser ask for is not compressed at all, for only so the attacker chooses the words. Browsers tell that wherever
there is TLS to be broken into.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

SMALLEST_BYTES = 1000  # about what goes in one packet anyway
_KINDS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
_OTHER_SITES = ("cross-site", "same-site")  # also that of a subdomain, which may be anybody's


class Compression(GZipMiddleware):
    """Django's, for text of some size that somebody on this site asked for."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or len(getattr(response, "content", b"")) < SMALLEST_BYTES:
            return response
        if not response.get("Content-Type", "").startswith(_KINDS):
            return response
        if request.headers.get("Sec-Fetch-Site") in _OTHER_SITES:
            return response
        return super().process_response(request, response)
