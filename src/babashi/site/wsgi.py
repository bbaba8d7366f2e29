"""The WSGI entry that the web server's threads run."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "babashi.site.settings")
application = get_wsgi_application()
