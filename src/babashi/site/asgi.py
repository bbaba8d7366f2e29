"""The ASGI entry, for servers that want one; pages are synchronous, so WSGI threads serve them faster."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "babashi.site.settings")
application = get_asgi_application()
