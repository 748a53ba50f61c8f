"""The only way to the web for addresses that a person, a page or a feed has given: vetted, bounded, never inward."""
