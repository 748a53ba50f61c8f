"""Which mail clients would break what the template does: one finding a feature."""
