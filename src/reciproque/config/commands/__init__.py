"""The commands that call several floors, one module each: `add(parser)` says its options, `run(options)` does it."""
