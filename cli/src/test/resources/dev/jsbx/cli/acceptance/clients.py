"""Clients that others wrote, run in a guest: clients.py NAME=PORT... CHECK...

Prints "ok CHECK" for each that holds, and what went wrong for the others; exits 1 if any did.
"""
import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

HOST = "host.jsbx.internal"
GATEWAY = "10.213.0.1"
TTL = 77
ports = dict(word.split("=") for word in sys.argv[1:] if "=" in word)
web = f"http://{HOST}:{ports['web']}"
TOOLS = os.getcwd() + "/tools/"


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, timeout=240, **more)
    if done.returncode != 0:
        said = (done.stdout[-2000:] + done.stderr[-2000:]).decode(errors="replace")
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {said}")
    return done.stdout


def tool(name, *words):
    """A program of the host with its libraries."""
    return run(TOOLS + "ld-linux-x86-64.so.2", "--library-path", TOOLS, TOOLS + name, *words)


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"{got!r}, not {wanted!r}")


def random():
    with open("web/random", "rb") as f:
        return f.read()


def http2(url, *options):
    """Down and up."""
    with tempfile.TemporaryDirectory() as directory:
        said = run("curl", "-sSf", *options, "-o", directory + "/got",
                   "-w", "%{http_version} %{response_code}", url + "/random")
        same(said, b"2 200")
        data = random()
        same(open(directory + "/got", "rb").read() == data, True)
        same(run("curl", "-sSf", *options, "--data-binary", "@web/random", url + "/echo") == data,
             True)


def h2c():
    http2(f"http://{HOST}:{ports['h2c']}", "--http2-prior-knowledge")


def h2():
    url = f"https://{HOST}:{ports['h2']}"
    options = ("--http2", "--cacert", "cert.pem")
    http2(url, *options)
    # Five streams of one connection.
    with tempfile.TemporaryDirectory() as directory:
        many = [word for i in range(5) for word in ("-o", f"{directory}/{i}", url + "/random")]
        run("curl", "-sSfZ", *options, *many)
        for i in range(5):
            same(open(f"{directory}/{i}", "rb").read() == random(), True)


def wget():
    same(tool("wget", "-qO-", web + "/random") == random(), True)


def npm():
    with tempfile.TemporaryDirectory() as directory:
        run("sh", "-c", f"curl -sSf {web}/npm.tgz | tar -xz -C {directory}")
        project = directory + "/project"
        os.mkdir(project)
        run("node", directory + "/package/bin/npm-cli.js", "install", "--registry",
            web + "/npm/", "--no-audit", "--no-fund", "outer", cwd=project,
            env={**os.environ, "HOME": directory})
        same(run("node", "-p", "require('outer')", cwd=project), b"42\n")


def pip():
    wheel = glob.glob("pip-*.whl")[0]
    with tempfile.TemporaryDirectory() as directory:
        run("python3", wheel + "/pip", "install", "-q", "--no-compile", "--no-cache-dir", "--index-url",
            web + "/simple", "--trusted-host", HOST, "--target", directory, "outer")
        path = {**os.environ, "PYTHONPATH": directory}
        same(run("python3", "-c", "import outer; print(outer.value)", env=path), b"42\n")


def iperf3():
    for way in ((), ("-R",), ("-P", "4"), ("-u", "-b", "2M")):
        said = tool("iperf3", "-J", "-c", HOST, "-p", ports["iperf3"], "-t", "2", *way)
        end = json.loads(said)["end"]
        total = end.get("sum_received", end.get("sum"))
        if total["bytes"] < 100_000:
            raise AssertionError(total)


def dig(name, kind, *more):
    said = tool("dig", "+noall", "+answer", "+comments", "@" + GATEWAY, name, kind, *more).decode()
    status = said.split("status: ")[1].split(",")[0]
    rows = [line.split(None, 4) for line in said.splitlines() if line and line[0] != ";"]
    return [status] + [row[3] + " " + row[4] for row in rows if 0 < int(row[1]) <= TTL]


def dns():
    """What the stack answers by itself."""
    for way in ("+notcp", "+tcp"):
        same(dig(HOST, "A", way), ["NOERROR", "A " + GATEWAY])
        same(dig(HOST, "AAAA", way), ["NOERROR"])
        same(dig("denied.example", "TXT", way), ["NXDOMAIN"])


def upstream():
    """What the host's name server says, and policy lets pass."""
    name = "allowed.example"
    for way in ("+notcp", "+tcp"):
        same(dig(name, "A", way), ["NOERROR", "A 203.0.113.9"])
        same(dig(name, "TXT", way), ["NOERROR", 'TXT "as it was"'])
        same(dig(name, "HTTPS", way), ["NOERROR", 'HTTPS 1 . alpn="h2"'])
        same(dig("-x", "203.0.113.9", way), ["NOERROR", "PTR allowed.example."])
        same(dig("rebinds.example", "A", way), ["NXDOMAIN"])


def ssh():
    with tempfile.TemporaryDirectory() as directory:
        key = directory + "/key"
        run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", key)
        said = run("ssh", "-T", "-i", key, "-p", ports["ssh"], "-o", "BatchMode=yes", "-o",
                   "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                   "anybody@" + HOST, "sha256sum", input=random())
        same(said.decode(), hashlib.sha256(random()).hexdigest())


failed = 0
for check in (word for word in sys.argv[1:] if "=" not in word):
    start = time.monotonic()
    try:
        globals()[check]()
        print("ok", check, flush=True)
        print(f"{check}: {time.monotonic() - start:.1f} s", file=sys.stderr)
    except Exception as e:
        failed = 1
        print("FAILED", check, repr(e), flush=True)
sys.exit(failed)
