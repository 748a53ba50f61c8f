"""Plan a mailing, send it, and account for every delivery, through crashes and pauses."""
