"""Errors of accounts and posts."""

from babashi.audit.errors import Conflict, Invalid, NotAllowed


class ExclusiveRoles(Conflict):
    """Two roles that one person must not hold together."""

    code = "exclusive_roles"


class SignInRequired(NotAllowed):
    """Nobody is signed in; the web turns it into the sign-in page."""

    status = 401
    code = "sign_in_required"


__all__ = ["ExclusiveRoles", "Invalid", "NotAllowed", "SignInRequired"]
