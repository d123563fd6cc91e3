"""Forms of the grant year."""
