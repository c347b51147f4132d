"""Documents and pictures of points, set by typst: what they say arrives as data and is never read as code."""
