"""The only room with SQL: subscribers, mailings, the ledger of deliveries, and the keys that sign their links."""

from newsletter.store.database import Database, open_database, utc_now

__all__ = ["Database", "open_database", "utc_now"]
