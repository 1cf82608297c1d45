"""The HTTP side of a host: services mounted in one application behind one edge.

edge.py     what every request passes: request id, limits, who asks, CORS, faults
auth.py     header pairs and origins; internal.py the same for hosts behind the API
service.py  what a service gives a host; host.py mounts and serves it
payload.py  bounded bodies into values; errors.py refusals and faults into answers
forward.py  what this host does not serve, passed on
"""
