"""What is kept in files: recordings."""
