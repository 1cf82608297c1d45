"""Users, their sessions, invitations and roles; all of it in the control project."""
