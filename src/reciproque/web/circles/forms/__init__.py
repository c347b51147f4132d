"""What is typed about a group."""
