"""Who may read, frame, steer, host, experiment and propose in a learning network."""
