"""The record: one SQLite file that holds the bytes as received, the claims and what they amount to."""
