"""Réciproque: an organisation runs its own networks of reciprocal knowledge exchange."""

import os

__version__ = "0.1.0"

# The default of one thread per core makes each small product wait for the others: a text took 10 to 49 ms
# instead of 2 on a busy machine. It is read once, when numpy is first imported, hence here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
