"""The items, one module a topic; `newsletter.doctor.registry` puts them together."""
