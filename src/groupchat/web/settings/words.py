"""Why a form was refused, in the reader's language, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groupchat.errors import ChatError, Forbidden, NameTaken, NotFound, RateLimited, TooLong


def words(section: str, error: ChatError) -> str:
    match error:
        case RateLimited() if error.why == "deleted_before":
            return _("You deleted your account here a short while ago. Try again tomorrow.")
        case RateLimited() if section == "delete":
            return _("Too many attempts. Wait a while, then try again.")
        case RateLimited() if section == "export":
            return _("You took your data along a moment ago. Wait a while, then try again.")
        case Forbidden() if error.why == "last_site_owner":
            return _("You are the last owner of this chat. Make somebody else an owner first.")
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
        case "delete":
            return _of_deletion(error)
    return _("That could not be saved. Check what you typed, and try again.")


def _of_deletion(error: ChatError) -> str:
    match error.field:
        case "password":
            return _("That is not your password.")
        case "name":
            return _("That is not your name here.")
    return _("Choose what becomes of your messages.")
