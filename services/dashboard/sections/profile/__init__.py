"""My profile: who I am here, my password and second factor, my sessions."""
