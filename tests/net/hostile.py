"""A server of the loopback that says exactly what a test wants, to one connection after the other, and keeps the asked.

An answer is bytes, or a function that is given the connection and does as it likes. `held` is set at the end of a test:
whoever waits for it (a server that says nothing) is let go.
"""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Hostile:
    def __init__(self, address="127.0.0.1", port=0, context=None):
        self.listener = socket.create_server(
            (address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET
        )
        self.host, self.port = address, self.listener.getsockname()[1]
        self.says, self.asked, self.names = OK, [], []
        self.script = []
        """Answers in order; behind them `says` for ever."""
        self.held = threading.Event()
        self._context = context
        if context is not None:
            context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._threads = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def url(self):
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._context else 'http'}://{shown}:{self.port}"

    def _accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(link,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, link):
        link.settimeout(60)
        try:
            if self._context is not None:
                link = self._context.wrap_socket(link, server_side=True)
            while head := self._head(link):
                self.asked.append(head)
                says = self.script.pop(0) if self.script else self.says
                if callable(says):
                    says(link)
                else:
                    link.sendall(says)
                if b"\r\nconnection: close" in head.lower():
                    return
        except OSError:
            pass
        finally:
            link.close()

    def _head(self, link):
        """The head of a request and its body, if it tells its length."""
        got = b""
        while b"\r\n\r\n" not in got:
            if not (piece := link.recv(65_536)):
                return b""
            got += piece
        head, _, body = got.partition(b"\r\n\r\n")
        told = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(told[0].split(b":")[1]) if told else 0
        while len(body) < length and (piece := link.recv(65_536)):
            body += piece
        return head + b"\r\n\r\n" + body

    def close(self):
        self.held.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()

    # Ways to answer

    def silent(self, link):
        self.held.wait(60)

    def then_silent(self, first):
        def says(link):
            link.sendall(first)
            self.held.wait(60)

        return says

    def drips(self, data, first=b"", every=0.01):
        """A byte now and then: no single wait for one is ever long."""

        def says(link):
            link.sendall(first)
            for byte in data:
                if self.held.wait(every):
                    return
                link.sendall(bytes([byte]))

        return says

    def endless(self, first, piece):
        def says(link):
            link.sendall(first)
            while not self.held.is_set():
                link.sendall(piece)

        return says


@contextmanager
def hostile(**how):
    server = Hostile(**how)
    try:
        yield server
    finally:
        server.close()


def issued(folder, name, *, ends=datetime(2099, 1, 1, tzinfo=UTC)):
    """A server's context and the file that makes a client trust it: a certificate for `name`, vouched for by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem
