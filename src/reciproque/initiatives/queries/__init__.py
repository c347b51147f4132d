"""What is read of learning networks."""
