"""Measures of speed and quality against data outside the repository, and the floors that they must not fall below."""
