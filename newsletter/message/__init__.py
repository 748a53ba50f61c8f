"""Compiled issue + reader -> RFC 5322 bytes. Pure: no clock, network, disk or database."""
