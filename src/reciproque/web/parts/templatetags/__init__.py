"""Template tag library of the parts."""
