"""The headers that keep a page to itself: what it may load, who may frame it, what it tells others."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

_REST = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), usb=()"
    ),
}


class SecurityHeaders(MiddlewareMixin):
    """Gives each request a nonce (`request.csp_nonce`) and each response its headers, unless it has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)

    def process_request(self, request: HttpRequest) -> None:
        if not hasattr(request, "csp_nonce"):
            request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        nonce = getattr(request, "csp_nonce", "")
        policy = content_security_policy(nonce, request.get_host(), trusted_types=hasattr(request, "trusted_types"))
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in _REST.items():
            response.headers.setdefault(name, value)
        return response


def content_security_policy(nonce: str, host: str, *, trusted_types: bool = False) -> str:
    """The policy of a page: everything from this site, no inline script or style, nobody may frame it.

    With `trusted_types` no string becomes HTML or a script but by the one policy of the client (components/trusted.js).
    """
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": "'self'",
        # Older browsers don't count a socket of the same host as 'self'.
        "connect-src": f"'self' ws://{host} wss://{host}",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "media-src": "'self' blob:",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    if trusted_types:
        rules |= {"require-trusted-types-for": "'script'", "trusted-types": "groupchat"}
    return "; ".join(f"{name} {value}" for name, value in rules.items())
