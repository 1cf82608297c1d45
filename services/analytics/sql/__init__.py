"""SQL for analysts: one statement that reads documented views, of the caller's project alone.

views.py      what can be read, and how each view is made of tables
functions.py  what may be called, and the types that values may be cast to
parsing.py    a statement's tree, and where something stands in it
writing.py    the tree written anew, from the parts that are known
asking.py     the endpoints
"""
