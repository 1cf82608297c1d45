"""Publications: codes that are given to customers, and what customers hold."""
