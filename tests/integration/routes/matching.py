"""Who may enter the pages of matching: ``public``, ``member`` (of that enterprise), or roles of officials."""

_DESK = frozenset({"coordinator", "registrar", "administrator"})
PUBLIC = frozenset({"public"})

ROUTES = {
    "matching:home": PUBLIC,
    "matching:mine": PUBLIC,
    "matching:look_up": PUBLIC,
    "matching:question": PUBLIC,
    "matching:clear": PUBLIC,
    "matching:answers": PUBLIC,
    "matching:result": frozenset({"member"}),
    "matching:overview": _DESK | {"auditor"},
    "matching:rematch": _DESK,
}
