"""A registry for one image, and the server that gives out tokens for it, both over TLS.

Arguments: a directory with registry.pem and auth.pem, each a certificate and its key, a program to
be the image's /bin/sh, and the name of the server of tokens. Prints the port of the registry, that
of the tokens, and then what each request had for its authorization.
"""

import base64
import gzip
import hashlib
import http.server
import io
import json
import ssl
import sys
import tarfile
import threading

directory, program, auth_name = sys.argv[1:]
TOKEN = "token-for-one-pull"


def blob(data):
    return "sha256:" + hashlib.sha256(data).hexdigest(), data


def layer():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.add(program, "bin/sh")
    return out.getvalue()


plain = layer()
packed = blob(gzip.compress(plain, 1))
config = blob(json.dumps({
    "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/sh", "-c", "echo it runs"]},
    "rootfs": {"type": "layers", "diff_ids": [blob(plain)[0]]}}).encode())
V2 = "application/vnd.docker.distribution.manifest.v2+json"
manifest = blob(json.dumps({
    "schemaVersion": 2, "mediaType": V2,
    "config": {"mediaType": "application/vnd.docker.container.image.v1+json",
               "size": len(config[1]), "digest": config[0]},
    "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": len(packed[1]), "digest": packed[0]}]}).encode())
BLOBS = dict([packed, config])


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, code, body, kind="application/json", **headers):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def told(self, server):
        told = self.headers.get("Authorization", "nothing")
        if told.startswith("Basic "):
            told = "Basic " + base64.b64decode(told[6:]).decode()
        print(server, self.command, self.path, told, flush=True)
        return told

    def log_message(self, *words):
        pass


class Registry(Answers):
    def do_GET(self):
        told = self.told("registry")
        if told != "Bearer " + TOKEN:
            realm = f"https://{auth_name}:{tokens.server_port}/token"
            self.send(401, b"{}", WWW_Authenticate=f'Bearer realm="{realm}",service="here"')
        elif "/manifests/" in self.path:
            self.send(200, manifest[1], V2, Docker_Content_Digest=manifest[0])
        elif self.path.split("/")[-1] in BLOBS:
            self.send(200, BLOBS[self.path.split("/")[-1]], "application/octet-stream")
        else:
            self.send(200 if self.path == "/v2/" else 404, b"{}")

    do_HEAD = do_GET


class Tokens(Answers):
    def do_GET(self):
        if self.told("tokens").startswith("Basic "):
            answer = {"token": TOKEN}
            if "offline_token=true" in self.path:
                answer["refresh_token"] = "good-for-ever"
            self.send(200, json.dumps(answer).encode())
        else:
            self.send(401, b"{}")


def serve(handler, certificate):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/{certificate}")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


tokens = serve(Tokens, "auth.pem")
registry = serve(Registry, "registry.pem")
print(registry.server_port, flush=True)
print(tokens.server_port, flush=True)
sys.stdin.read()
