"""Hand-written SQL services that do what a redemption does, to measure beside."""
