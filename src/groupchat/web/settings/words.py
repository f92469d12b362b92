"""Why a form was refused, in the reader's language, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groupchat.errors import ChatError, NameTaken, NotFound, RateLimited, TooLong


def words(section: str, error: ChatError) -> str:
    match error:
        case RateLimited():
            return _("You changed this many times just now. Leave it as it is for a while.")
        case NotFound():
            return _("That is gone already.")
        case TooLong() if section == "picture":
            return _("This picture is too large. Choose a smaller one.")
        case TooLong():
            return _("That is too long. Choose something shorter.")
        case NameTaken() if section == "handle":
            return _("Somebody has or had this handle, or one that looks like it. Choose a different one.")
        case NameTaken():
            return _("Somebody with an account is called that here. Choose another name, or sign in if it is you.")
    match section:
        case "picture":
            return _("That is no picture that we can read. Choose a JPEG, PNG, WebP or GIF.")
        case "handle":
            return _("That can't be a handle. Use letters, digits, dots, hyphens and underscores.")
        case "name":
            return _("That can't be a name. Use letters, digits or an emoji, and nothing invisible.")
    return _("That could not be saved. Check what you typed, and try again.")
