"""The learning community as a place: map, knowledge at risk, pool, calls, maturity."""
