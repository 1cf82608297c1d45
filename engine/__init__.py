"""The pure core: decides, evolves and renders. No I/O, no clock, no random source."""
