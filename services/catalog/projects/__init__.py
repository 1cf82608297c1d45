"""Projects, keys, tokens, webhooks, metadata schemas."""
