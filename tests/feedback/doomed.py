"""A pull that somebody else kills: project folder and queue are its arguments."""

import sys
from pathlib import Path

from newsletter.config import FeedbackSettings, SesSettings, Settings
from newsletter.config.settings import TransportsSettings
from newsletter.feedback.queue import EventQueue, pull
from newsletter.store.database import open_database

root, url = sys.argv[1:]
settings = Settings(
    feedback=FeedbackSettings(queue_url=url), transports=TransportsSettings(ses=SesSettings(region="us-east-1"))
)
with open_database("sqlite:///.newsletter/newsletter.db", root=Path(root)) as database:
    queue = EventQueue(settings, visibility=2)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    pull(database, queue, soft_bounce_limit=4, wait=3)
