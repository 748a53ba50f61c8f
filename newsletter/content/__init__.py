"""Article and issue text <-> values, and Markdown -> safe HTML or readable text. Pure: no disk, clock or network."""
