"""The server's sockets send what is written at once.

Streamlit binds its socket without naming TCP, so that asyncio does not take it for one and leaves Nagle's algorithm on:
an answer's bytes then wait until the browser has acknowledged its head, up to 40 ms a picture or message of a page.
Connections take the setting over from the socket that they are accepted by. Ref: RFC 896, RFC 1122 (4.2.3.2, 4.2.3.4).
"""

import os
import socket

import psutil


def send_at_once() -> int:
    """Turn Nagle's algorithm off for all connections to this process from now on; of how many listening sockets.

    Where the system does not say which sockets listen (Windows names no number), they stay as they are.
    """
    n_sockets = 0
    try:
        connections = psutil.Process().net_connections(kind="tcp")
    except psutil.Error:
        return 0
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.fd >= 0:
            with socket.socket(fileno=os.dup(connection.fd)) as listening:
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            n_sockets += 1
    return n_sockets
