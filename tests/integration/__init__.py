"""Parts against the real things outside: broker, supervisor, chDB, RocksDB."""
