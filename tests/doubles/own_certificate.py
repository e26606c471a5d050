"""A certificate for 127.0.0.1 that nobody signed, made by openssl for one test run."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest


def server_context(folder: Path) -> ssl.SSLContext:
    """For a server of TLS. Skips the test where openssl is absent."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is absent, by which the test's certificate is made")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = f"req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {certificate}".split()
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([openssl, *made, *named], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
