"""What knows no subject: errors, identifiers, the clock, dates in words, text, tables."""
