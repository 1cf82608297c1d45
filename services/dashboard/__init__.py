"""The dashboard: pages for people, made of the calls that any client can make."""
