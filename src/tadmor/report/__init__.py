"""Bytes to `Report`: find inputs, read pages and texts, date them, mark their parts, fingerprint them."""
