"""Locations: places and areas that rules and segments ask for."""
