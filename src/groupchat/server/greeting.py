"""What is printed when the server listens."""

from __future__ import annotations

from groupchat import __version__
from groupchat.server import folder, owner
from groupchat.server.environment import Environment


def greeting(environment: Environment, *, port: int) -> str:
    """The address; and on the first start the link that makes its visitor the owner."""
    listening = address_of(environment.host, port)
    base = str(environment.url) if environment.url else listening
    folder.write_address(environment.data, base)
    lines = [f"Group Chat {__version__} is at {base}" + (f" (listening on {listening})" if environment.url else "")]
    if owner.needs_first_link():
        link = owner.owner_link_address(owner.issue_owner_link(), base=base)
        lines.append(f"Become its owner (once, within 24 hours): {link}")
    elif not owner.has_owner():
        lines.append("Nobody owns it yet. A new link for that: groupchat owner-link")
    return "\n".join(lines)


def address_of(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
