"""The program as a web server calls it."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reciproque.config.settings")
application = get_wsgi_application()


def _warm_up() -> None:
    """Load the encoder (a second, once a process) before the first person searches."""
    from reciproque.matching.queries.index import encoder

    encoder().encode(["bonjour"])


threading.Thread(target=_warm_up, daemon=True).start()
