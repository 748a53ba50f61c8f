"""What the provider tells later: events into the ledger and the suppression list, and the report of an issue."""
