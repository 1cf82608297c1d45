"""How a page is asked for: who, may, the client of the API, and what an answer carries."""
