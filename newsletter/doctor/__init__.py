"""Whether this account, domain and machine can send this list: items, one module a topic, and one registry."""
