"""Report to claims: what each report says, of whom, where, when, and who says so."""
