"""The only room with SQL: subscribers, mailings, the ledger, the keys that sign links, and the catalogue.

Nothing is imported here: the catalogue of articles needs no SQLAlchemy, which takes a third of a second.
"""
