"""Pages of introductions, exchanges and reviews."""
