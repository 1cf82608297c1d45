"""The dashboard: pages for people, made of calls to the API as any client can make them."""
