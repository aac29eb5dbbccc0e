"""A registry of npm and an index of pip as files: packages.py DIRECTORY BASE-URL."""
import base64
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile

root, base = sys.argv[1:]


def write(name, data):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def npm(name, code, needs):
    manifest = {"name": name, "version": "1.0.0", "main": "index.js", "dependencies": needs}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for path, text in (("package.json", json.dumps(manifest)), ("index.js", code)):
            entry = tarfile.TarInfo("package/" + path)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    data = out.getvalue()
    write(f"npm/-/{name}-1.0.0.tgz", data)
    manifest["dist"] = {
        "tarball": f"{base}/npm/-/{name}-1.0.0.tgz",
        "integrity": "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode(),
    }
    about = {"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": manifest}}
    write("npm/" + name, json.dumps(about).encode())


def pip(name, code, needs):
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    about += "".join(f"Requires-Dist: {other}\n" for other in needs)
    info = name + "-1.0.dist-info/"
    files = {
        name + ".py": code,
        info + "METADATA": about,
        info + "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[info + "RECORD"] = "".join(f"{path},,\n" for path in (*files, info + "RECORD"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    file = name + "-1.0-py3-none-any.whl"
    write(f"simple/{name}/{file}", out.getvalue())
    digest = hashlib.sha256(out.getvalue()).hexdigest()
    page = f'<!DOCTYPE html><a href="{file}#sha256={digest}">{file}</a>'
    write(f"simple/{name}/index.html", page.encode())


npm("inner", "module.exports = 6 * 7;", {})
npm("outer", "module.exports = require('inner');", {"inner": "^1.0.0"})
pip("inner", "value = 6 * 7\n", [])
pip("outer", "from inner import value\n", ["inner"])
write("random", os.urandom(2_000_000))
