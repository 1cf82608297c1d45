"""Renderers: from records and entities to the API's bodies, as plain dicts for `encode.to_json`.

One file for each object of the API. A record holds facts once; what an answer repeats (the order
after each redeemable, the parent of a stack, running sums) is computed here, so an old answer can
be given again from its record alone. Nothing here reads a clock or looks anything up.

A body may share parts between its members and with other bodies: encode it, never change it.
"""
