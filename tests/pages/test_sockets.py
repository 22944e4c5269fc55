"""Answers of the server are not held back by the system."""

import socket

from pages.ui import sockets


def no_delay(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_connections_to_this_process_send_at_once() -> None:
    with socket.socket() as listening:  # as Streamlit binds it
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert sockets.send_at_once() >= 1
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert no_delay(accepted)
        assert listening.fileno() >= 0  # still ours


def test_without_a_socket_that_listens_nothing_is_done() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        sockets.send_at_once()
        assert not no_delay(bound)
