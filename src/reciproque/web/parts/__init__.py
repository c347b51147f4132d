"""The parts every page is made of: one template tag each, drawn by a small template in `templates/parts/`."""
