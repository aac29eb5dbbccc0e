"""Clients of the host's servers, run in a guest: network-suite.py HTTP-PORT ECHO-PORT CHECK...

Prints "ok CHECK" for each that holds, and what went wrong for the others; exits 1 if any did.
"""
import base64
import hashlib
import os
import selectors
import socket
import struct
import subprocess
import sys
import tempfile

HOST = "host.jsbx.internal"
GATEWAY = "10.213.0.1"
GATEWAY6 = "fd6a:7362:7800::1"
http, echo = int(sys.argv[1]), int(sys.argv[2])
base = f"http://{HOST}:{http}"


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, timeout=300, **more)
    if done.returncode != 0:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r}, not {wanted!r}")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def download(url=base):
    data = run("curl", "-gsSf", url + "/big")
    same(digest(data), run("curl", "-gsSf", url + "/big.sha256").decode())


def upload():
    data = os.urandom(20_000_000)
    same(run("curl", "-sSfT", "-", base + "/digest", input=data).decode(), digest(data))


def ipv6():
    download(f"http://[{GATEWAY6}]:{http}")
    same(socket.getaddrinfo(GATEWAY6, 1)[0][0], socket.AF_INET6)


def git():
    with tempfile.TemporaryDirectory() as directory:
        run("git", "clone", "-q", base + "/git/project.git", directory + "/clone")
        same(open(directory + "/clone/file").read(), "in the repository\n")


def websocket():
    key = base64.b64encode(os.urandom(16)).decode()
    accept = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    with socket.create_connection((HOST, echo), 60) as s:
        lines = ["GET /ws HTTP/1.1", "Host: " + HOST, "Upgrade: websocket", "Connection: Upgrade",
                 "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + key, "", ""]
        s.sendall("\r\n".join(lines).encode())
        stream = s.makefile("rb")
        head = []
        while not head or head[-1]:
            head.append(stream.readline().strip().decode())
        same(head[0], "HTTP/1.1 101 Switching Protocols")
        same(base64.b64encode(accept).decode() in "".join(head), True)
        for size in (5, 100, 60_000):
            data, mask = os.urandom(size), os.urandom(4)
            masked = bytes(b ^ mask[i % 4] for i, b in enumerate(data))
            length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
            s.sendall(b"\x82" + length + mask + masked)
            same(stream.read(1), b"\x82")
            got = stream.read(1)[0]
            got = struct.unpack(">H", stream.read(2))[0] if got == 126 else got
            same(stream.read(got), data)


def parallel(count=1000):
    """All connected before the first speaks, then all at once."""
    data = os.urandom(10_000)
    sockets = []
    for _ in range(count):
        s = socket.create_connection((HOST, echo), 120)
        s.sendall(b"\0")
        sockets.append(s)
    selector = selectors.DefaultSelector()
    state = {}
    for s in sockets:
        s.setblocking(False)
        state[s] = [0, b""]
        selector.register(s, selectors.EVENT_READ | selectors.EVENT_WRITE)
    while state:
        events = selector.select(120)
        if not events:
            raise AssertionError(f"{len(state)} of {count} connections are silent")
        for key, mask in events:
            s = key.fileobj
            if mask & selectors.EVENT_WRITE:
                state[s][0] += s.send(data[state[s][0]:])
                if state[s][0] == len(data):
                    s.shutdown(socket.SHUT_WR)
                    selector.modify(s, selectors.EVENT_READ)
            if mask & selectors.EVENT_READ:
                got = s.recv(65536)
                state[s][1] += got
                if not got:
                    same(state.pop(s)[1], data)
                    selector.unregister(s)
                    s.close()


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def ping():
    """As ping(8) does; needs a raw socket, so root."""
    for family, protocol, kind, address in (
        (socket.AF_INET, socket.IPPROTO_ICMP, 8, GATEWAY),
        (socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, GATEWAY6),
    ):
        with socket.socket(family, socket.SOCK_RAW, protocol) as s:
            s.settimeout(60)
            head = struct.pack(">BBHHH", kind, 0, 0, 77, 1)
            load = os.urandom(56)
            if family == socket.AF_INET:
                head = struct.pack(">BBHHH", kind, 0, checksum(head + load), 77, 1)
            s.sendto(head + load, (address, 0))
            while True:
                got = s.recv(4096)
                if got.endswith(load) and got[-64] in (0, 129):
                    break


def dns():
    name = b"".join(bytes([len(p)]) + p.encode() for p in HOST.split(".")) + b"\0"
    query = struct.pack(">HHHHHH", 77, 0x100, 1, 0, 0, 0) + name + struct.pack(">HH", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(60)
        s.sendto(query, (GATEWAY, 53))
        same(s.recv(512)[-4:], socket.inet_aton(GATEWAY))
    with socket.create_connection((GATEWAY, 53), 60) as s:
        s.sendall(struct.pack(">H", len(query)) + query)
        same(s.makefile("rb").read(2 + len(query) + 16)[-4:], socket.inet_aton(GATEWAY))


failed = 0
for check in sys.argv[3:]:
    try:
        globals()[check]()
        print("ok", check, flush=True)
    except Exception as e:
        failed = 1
        print("FAILED", check, repr(e), flush=True)
sys.exit(failed)
