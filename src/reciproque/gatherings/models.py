"""Fairs and spotting sessions, and what is typed in them."""
