"""The demonstration: a fictitious postal operator whose networks live four years through the product's own actions."""
