"""`groupchat owner-link`: a new link that makes its visitor an owner."""

from __future__ import annotations

from groupchat.server import folder
from groupchat.server.commands.options import Data
from groupchat.server.setup import set_up


def owner_link(data: Data = None) -> None:
    """Print a new one-time link for an owner of the site.

    Whoever opens it becomes one. The links before it are void.
    """
    environment = set_up(data=data)
    from groupchat.server import owner, preparation
    from groupchat.server.greeting import address_of

    preparation.check_database()
    preparation.migrate(environment.data)
    base = str(environment.url) if environment.url else folder.read_address(environment.data)
    token = owner.issue_owner_link()
    print(owner.owner_link_address(token, base=base or address_of(environment.host, environment.port)))
