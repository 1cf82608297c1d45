"""The services. They meet on topics and never import one another."""
