"""Ports a server can listen on."""

import socket

from stackgap.measure.process import free_port, port_is_free


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port()
    assert port_is_free(port)
    with _listen(port):
        assert not port_is_free(port)


def test_a_port_taken_on_all_interfaces_is_taken() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        assert not port_is_free(listener.getsockname()[1])


def test_a_connection_that_lingers_after_its_server_is_no_obstacle() -> None:
    port = free_port()
    with _listen(port) as listener:
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = listener.accept()
        # Who closes first keeps the connection in TIME_WAIT.
        accepted.close()
        client.close()
    assert port_is_free(port)
