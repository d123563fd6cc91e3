"""The WSGI application: what waitress or another server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What a process loads once lives as long as it does. Left among what is collected, it is walked through again and again
# in the middle of requests, for a hundred milliseconds each time.
_views = get_resolver().url_patterns
gc.collect()
gc.freeze()
