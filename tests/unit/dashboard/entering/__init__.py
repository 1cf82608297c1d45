"""How somebody gets in: signing in, and links that were given."""
