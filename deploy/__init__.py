"""Ways to run Tessera: `embedded` needs nothing but Python and a network."""
