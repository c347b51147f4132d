"""A simulated year: the demonstration's people go on living, through the real actions, day by day."""
