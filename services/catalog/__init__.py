"""The catalog: vouchers, customers, orders and projects, and the first project of an installation.

Its writes are commands like any other; its reads are of one entity each, from the replica. Lists
belong to the audit.
"""
