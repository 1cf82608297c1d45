"""A believable shop in a project, and its traffic: for trying Tessera out and for showing it."""
