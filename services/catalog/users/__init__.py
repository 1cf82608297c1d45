"""Users: signing in, the own account, the members of a project and their roles."""
