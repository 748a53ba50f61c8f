"""The only room with SQL: subscribers, mailings, the ledger of deliveries, and the keys that sign their links."""
