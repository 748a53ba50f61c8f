"""The internet-facing pages: subscribe, confirm, unsubscribe, preferences, and an issue on the web.

`newsletter serve` runs them; any ASGI server can, by the factory `newsletter.public:app`:

    uvicorn --factory newsletter.public:app
"""

from newsletter.public.app import PublicApp, app, create_app

__all__ = ["PublicApp", "app", "create_app"]
