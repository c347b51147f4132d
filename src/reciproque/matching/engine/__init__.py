"""The numerical heart of matching: texts and columns in, scored pairs out; no Django here."""
