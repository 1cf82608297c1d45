"""Team settings: members, roles, projects, and what holds for everybody."""
