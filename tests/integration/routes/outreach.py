"""Who may enter the pages of outreach: ``public`` (a signed link), ``signed_in``, ``member``, or officials."""

_DESK = frozenset({"coordinator", "administrator"})

ROUTES = {
    "outreach:inbox": frozenset({"signed_in"}),
    "outreach:read_all": frozenset({"signed_in"}),
    "outreach:choices": frozenset({"signed_in"}),
    "outreach:message": frozenset({"member"}),
    "outreach:unsubscribe": frozenset({"public"}),
    "outreach:overview": _DESK | {"auditor"},
    "outreach:retry": _DESK,
}
