"""Which offers suit a customer and an order, without being named: qualifications.

A project may have any number of tiers, campaigns and vouchers, so nothing is found by looking at
all of them. The folds keep, for each set of validation rules, the offers that it binds, newest
first, and under which keys the set has to be looked at: a key is something that a request must have
for the set to be met (`keys.py`): a product, a collection, a segment, a value of metadata, an
amount. A request has keys, too (`request_keys.py`). The sets under them are merged with the offers
that nothing binds into one stream, newest first (`candidates.py`), and of each candidate it is then
worked out in full what it would do (`trial.py`). A page is full when it is full; nothing behind it
is looked at (`page.py`). All of it is done in small steps, between which others may have their turn
(`turns.py`).

A scenario may ask for less than all rules: of the audience only what is said of the customer, of
products only what is said of items. Then the sets are narrowed to that (`narrowing.py`), and have
keys of their own for it.

`vouchers.py` is for the older endpoint that lists vouchers.
"""
