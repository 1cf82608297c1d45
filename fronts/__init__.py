"""What services that speak HTTP share: attempts, writes, query strings, selections, fields of bodies."""
