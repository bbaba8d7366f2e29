"""Who may enter the catalogue's pages: ``public``, ``member``, or roles of officials (auditors read)."""

_READ = frozenset({"policy_author", "policy_publisher", "administrator", "auditor"})
_SUBMIT = frozenset({"policy_author", "administrator"})
_PUBLISH = frozenset({"policy_publisher", "administrator"})
PUBLIC = frozenset({"public"})

ROUTES = {
    "catalogue:search": PUBLIC,
    "catalogue:document": PUBLIC,
    "catalogue:item": PUBLIC,
    "catalogue:calculator": PUBLIC,
    "catalogue:packs": _READ,
    "catalogue:submit_pack": _SUBMIT | {"auditor"},
    "catalogue:draft": _READ,
    "catalogue:publish_draft": _PUBLISH,
    "catalogue:refuse_draft": _PUBLISH,
    "catalogue:version": _READ,
    "catalogue:switch_pack": _PUBLISH,
}
