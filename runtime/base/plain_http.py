"""Clients of plain HTTP between our own hosts."""

import ssl


def trust_nobody() -> ssl.SSLContext:
    """What such a client is made with: it reads no certificates, which takes 30 ms and 3 MB.

    Were it asked for HTTPS all the same, it would trust no one.
    """
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
