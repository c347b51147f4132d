"""What is done in learning networks."""
