"""How a page names the client's style sheets: `{% client_sheets "app" %}`."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from groupchat.web import client_files

register = template.Library()


@register.simple_tag
def client_sheets(kind: client_files.Kind) -> SafeString:
    """The links to those of the app ("app"), or of the pages outside of it ("page")."""
    links = ((static(name),) for name in client_files.sheets(kind))
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', links)
