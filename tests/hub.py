"""A stand-in of the Hub for the real client: buckets and datasets over HTTP, in this process, with faults on demand.

Buckets keep bytes where the client's own storage library puts them (its `local://` scheme), so uploads and downloads of
buckets run as they are; datasets take every file within the commit, as the Hub does with small text.
"""

import base64
import hashlib
import json
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_standin"
LONG_AGO = "2026-01-01T00:00:00.000Z"
NO_REPO = {"X-Error-Code": "RepoNotFound"}

Fault = tuple[int, dict[str, str]]


class Repo:
    """One bucket or dataset: path → (size, xet hash or "", content where it came within a commit)."""

    def __init__(self, private: bool) -> None:
        self.private = private
        self.files: dict[str, tuple[int, str, bytes]] = {}
        self.commits = 0


class Hub:
    """`fault` is asked before every request with (method, path): what it gives is answered instead."""

    def __init__(self) -> None:
        self._cas = tempfile.TemporaryDirectory()
        self.cas = Path(self._cas.name)
        self.repos: dict[str, Repo] = {}
        self.fault: Callable[[str, str], Fault | None] = lambda method, path: None
        self.cut: Callable[[str], bool] = lambda path: False  # whether only half of that file arrives
        self.token = TOKEN
        self.asked: list[tuple[str, str]] = []
        self.server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._cas.cleanup()

    def xet_size(self, xet_hash: str) -> int:
        """How many bytes a file has, read from what the client wrote about it."""
        raw = b"".join(bytes.fromhex(xet_hash[at : at + 16])[::-1] for at in range(0, 64, 16))
        for shard in self.cas.rglob("*.mdb"):
            content = shard.read_bytes()
            at = content.find(raw)
            if at >= 0:
                (count,) = struct.unpack("<I", content[at + 36 : at + 40])
                ends = (at + 48 + 48 * entry + 36 for entry in range(count))
                return sum(struct.unpack("<I", content[end : end + 4])[0] for end in ends)
        raise AssertionError(f"nothing was uploaded as {xet_hash}")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A client that gave up is no news; anything else is a bug of the stand-in."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        self._answer("GET")

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        self.hub.asked.append((method, path))
        fault = self.hub.fault(method, path)
        if fault is not None:
            self._send({"error": "refused"}, fault[0], fault[1])
        elif self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            self._send({"error": "Invalid credentials in Authorization header"}, 401)
        else:
            self._route(method, [unquote(part) for part in path.strip("/").split("/")], body)

    def _route(self, method: str, parts: list[str], body: bytes) -> None:
        match method, parts:
            case "POST", ["api", "repos", "create"]:
                asked = json.loads(body)
                self._create(f"{asked['type']}s/{asked['organization']}/{asked['name']}", asked)
            case "POST", ["api", "buckets", owner, name]:
                self._create(f"buckets/{owner}/{name}", json.loads(body))
            case _, ["api", ("buckets" | "datasets") as kind, owner, name, *rest]:
                self._of_repo(f"{kind}/{owner}/{name}", rest, body)
            case _, ["buckets", owner, name, "resolve", path]:
                self._resolve_xet(f"buckets/{owner}/{name}", path)
            case _, ["datasets", owner, name, "resolve", _, *path]:
                self._resolve(f"datasets/{owner}/{name}", "/".join(path))
            case _:
                raise AssertionError(f"the stand-in does not know {method} {parts}")

    def _create(self, name: str, asked: dict) -> None:
        there = name in self.hub.repos
        self.hub.repos.setdefault(name, Repo(asked.get("visibility") == "private"))
        self._send({"url": f"{self.hub.url}/{name}"}, 409 if there else 200)

    def _of_repo(self, name: str, rest: list[str], body: bytes) -> None:
        repo = self.hub.repos.get(name)
        match rest:
            case _ if repo is None:
                self._send({"error": "Repository not found"}, 404, NO_REPO)
            case [] | ["revision", _]:
                self._send(self._info(name, repo))
            case [("xet-write-token" | "xet-read-token"), *_]:
                expires = int(time.time()) + 3600
                self._send({"casUrl": f"local://{self.hub.cas}", "accessToken": "xet", "exp": expires})
            case ["tree", *_]:
                self._send([self._file(path, repo) for path in sorted(repo.files)])
            case ["paths-info"]:
                self._send([self._file(path, repo) for path in json.loads(body)["paths"] if path in repo.files])
            case ["paths-info", _]:
                paths = parse_qs(body.decode())["paths"]
                self._send([self._file(path, repo) for path in paths if path in repo.files])
            case ["batch"]:
                self._batch(repo, body)
            case ["preupload", _]:
                files = [
                    {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                    for file in json.loads(body)["files"]
                ]
                self._send({"files": files})
            case ["commit", _]:
                self._commit(name, repo, body)
            case _:
                raise AssertionError(f"the stand-in does not know {rest} of {name}")

    def _info(self, name: str, repo: Repo) -> dict:
        return {
            "id": name.partition("/")[2], "private": repo.private, "createdAt": LONG_AGO, "lastModified": LONG_AGO,
            "size": 0, "totalFiles": len(repo.files), "sha": self._sha(repo), "siblings": [], "tags": [],
            "downloads": 0, "likes": 0, "gated": False, "disabled": False,
        }  # fmt: skip

    def _batch(self, repo: Repo, body: bytes) -> None:
        for line in body.decode().splitlines():
            said = json.loads(line)
            size = self.hub.xet_size(said["xetHash"])
            repo.files[said["path"]] = (size // 2 if self.hub.cut(said["path"]) else size, said["xetHash"], b"")
        self._send({"success": True, "failed": []})

    def _commit(self, name: str, repo: Repo, body: bytes) -> None:
        for line in body.decode().splitlines():
            said = json.loads(line)
            if said["key"] == "file":
                content = base64.b64decode(said["value"]["content"])
                if self.hub.cut(said["value"]["path"]):
                    content = content[: len(content) // 2]
                repo.files[said["value"]["path"]] = (len(content), "", content)
        repo.commits += 1
        url = f"{self.hub.url}/{name}/commit/{self._sha(repo)}"
        self._send({"commitUrl": url, "commitOid": self._sha(repo), "success": True})

    def _resolve_xet(self, name: str, path: str) -> None:
        size, xet_hash, _ = self.hub.repos[name].files[path]
        heads = {
            "X-Xet-Hash": xet_hash,
            "X-Linked-Size": str(size),
            "X-Xet-Refresh-Route": f"{self.hub.url}/api/{name}/xet-read-token",
        }
        self._send({}, 200, heads)

    def _resolve(self, name: str, path: str) -> None:
        repo = self.hub.repos[name]
        content = repo.files[path][2]
        heads = {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": self._sha(repo)}
        self._send(None, 200, heads, content)

    def _file(self, path: str, repo: Repo) -> dict:
        size, xet_hash, content = repo.files[path]
        oid = hashlib.sha1(content or path.encode()).hexdigest()
        return {"type": "file", "path": path, "size": size, "oid": oid, "xetHash": xet_hash or None}

    def _sha(self, repo: Repo) -> str:
        return hashlib.sha1(str(repo.commits).encode()).hexdigest()

    def _send(
        self, said: object, status: int = 200, heads: dict[str, str] | None = None, content: bytes | None = None
    ) -> None:
        body = json.dumps(said).encode() if content is None else content
        self.send_response(status)
        for head, value in {"Content-Length": str(len(body)), **(heads or {})}.items():
            self.send_header(head, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
