"""Reports, what was decided of them, appeals."""
