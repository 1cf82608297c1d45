"""What `GET /openapi.json` tells: every endpoint, with an example that a story runs."""
