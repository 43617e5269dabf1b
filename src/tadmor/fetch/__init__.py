"""Asking addresses: one at a time and safely (`get`), by a site's rules (`robots`), again and again (`watch`)."""
