"""The only room with SQL: subscribers, mailings, the ledger of deliveries, the keys that sign their links, the catalogue.

Nothing is imported here: the catalogue of articles needs no SQLAlchemy, which takes a third of a second.
"""
