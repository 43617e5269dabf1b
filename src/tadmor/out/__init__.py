"""What leaves Tadmor: one module a format."""
