"""The words and limits of gatherings."""
