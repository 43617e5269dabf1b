"""A standalone cluster of Spark on this machine: a master and two workers as processes of their own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
STARTED = 120.0  # seconds in which a process has to have said that it is there


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of the master. Skips the test where Spark or Java is missing."""
    pyspark = pytest.importorskip("pyspark", reason="needs pyspark (requirements/spark.lock)")
    if shutil.which("java") is None:
        pytest.skip("needs Java (Debian: apt-get install openjdk-17-jre-headless)")
    start = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    environment = {
        **os.environ,
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS / "run"), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    processes: list[subprocess.Popen[bytes]] = []

    def run(name: str, main: str, *arguments: str) -> Path:
        log = folder / f"{name}.log"
        with log.open("wb") as stream:
            command = [start, f"org.apache.spark.deploy.{main}", *arguments]
            processes.append(
                subprocess.Popen(command, env=environment, stdout=stream, stderr=stream, start_new_session=True)
            )
        return log

    try:
        port = _free_port()
        master = f"spark://127.0.0.1:{port}"
        log = run("master", "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _wait(log, processes[0], r"I have been elected leader|Starting Spark master")
        logs = [
            run(f"worker{number}", "worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1",
                "--memory", "1g", "--work-dir", str(folder / f"work{number}"), master)
            for number in range(2)
        ]  # fmt: skip
        for log, process in zip(logs, processes[1:], strict=True):
            _wait(log, process, r"Successfully registered with master")
        yield master
    finally:
        for process in reversed(processes):
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait(log: Path, process: subprocess.Popen[bytes], said: str) -> None:
    deadline = time.monotonic() + STARTED
    while not re.search(said, log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{log.name}: {log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
