"""All addresses: the site's own, then those of each app, which writes its full paths itself."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from babashi.site import views
from babashi.site.api import api, docs, unknown_address

handler400 = "babashi.site.errors.bad_request"
handler403 = "babashi.site.errors.forbidden"
handler404 = "babashi.site.errors.not_found"
handler500 = "babashi.site.errors.server_error"

APPS_WITH_PAGES = [
    name for name in [*settings.SHARED, *settings.JOURNEY] if find_spec(f"babashi.{name}.urls") is not None
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("babashi.site.site_urls")),
    *(path("", include(f"babashi.{name}.urls")) for name in APPS_WITH_PAGES),
    path("api/docs", docs, name="api_docs"),
    path("api/v1/", api.urls),
    path("api/", unknown_address),
    path("api/<path:rest>", unknown_address),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
]
