"""The embedded installation: broker, hosts and supervisor on one machine, under one folder."""
