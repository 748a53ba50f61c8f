"""What an editor hands over -> article records: `ingest.sources` for files, `ingest.dump` for the text of a page."""
