"""How a page puts a name into a text: `<bdi>{{ name|shown }}</bdi>`, and in a title `{{ name|isolated }}`; and the name
of the site, `{% site_name %}`.
"""

from __future__ import annotations

from django import template

from groupchat import characters
from groupchat.conf import conf

register = template.Library()


@register.filter
def shown(name: str) -> str:
    """With a sign in place of what is not drawn."""
    return characters.shown(str(name))


@register.filter
def isolated(name: str) -> str:
    """For a title: the name turns nothing around that stands beside it."""
    return characters.isolated(str(name))


@register.simple_tag
def site_name() -> str:
    """What the operator calls the chat."""
    return conf().site_name
