"""A stand-in for Amazon SES that fails on purpose, and the dress rehearsal of a send against it.

Written apart from the sender: nothing here knows how messages are made, claimed or recorded, so that it can judge.
"""
