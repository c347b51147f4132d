"""Pages of offers and requests: wording them, looking after them."""
