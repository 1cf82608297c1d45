"""The ledger: the single writers of the partitions."""
