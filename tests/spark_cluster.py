"""A Spark cluster of the tests' own on loopback: a master, two workers and a Connect server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_HOST = "127.0.0.1"
_START = 90.0
# A worker offers as much, and an executor takes as much of it.
_MEMORY = "1500m"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind((_HOST, 0))
        port: int = listening.getsockname()[1]
        return port


@dataclass
class Cluster:
    """Processes of a cluster, and the folder of its catalog and its logs.

    Attributes:
        folder: an empty one.
        java: where a Java is.
        few_rows: whether plans are run as they are, and not compiled.
        processes: those that run, by name.
        master: the port of the master.
        connect: the port of the Connect server.
    """

    folder: Path
    java: str
    few_rows: bool = True
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    master: int = field(default_factory=free_port)
    connect: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"sc://{_HOST}:{self.connect}"

    def start(self, workers: int = 2) -> None:
        self._run(
            "master", "spark-class", "org.apache.spark.deploy.master.Master", "--host", _HOST,
            "--port", str(self.master), "--webui-port", "0",
        )  # fmt: skip
        self._reached(self.master)
        for number in range(workers):
            self.start_worker(number)
        self.start_connect()

    def start_worker(self, number: int) -> None:
        self._run(
            f"worker{number}", "spark-class", "org.apache.spark.deploy.worker.Worker", "--host",
            _HOST, "--cores", "1", "--memory", _MEMORY, "--webui-port", "0", "--work-dir",
            str(self.folder / f"work{number}"), f"spark://{_HOST}:{self.master}",
        )  # fmt: skip

    def start_connect(self) -> None:
        settings = {
            "spark.sql.catalogImplementation": "hive",
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.driver.bindAddress": _HOST,
            "spark.driver.host": _HOST,
            "spark.driver.extraJavaOptions": f"-Dderby.system.home={self.folder / 'derby'}",
            "spark.driver.memory": "2g",
            "spark.executor.memory": _MEMORY,
            "spark.connect.grpc.binding.address": _HOST,
            "spark.connect.grpc.binding.port": str(self.connect),
            "spark.ui.enabled": "false",
        }
        if self.few_rows:
            # To compile a plan would take longer than to run it.
            settings |= {
                "spark.sql.codegen.wholeStage": "false",
                "spark.sql.codegen.factoryMode": "NO_CODEGEN",
                "spark.sql.shuffle.partitions": "2",
            }
        given = [part for key, value in settings.items() for part in ("--conf", f"{key}={value}")]
        self._run(
            "connect", "spark-submit", "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer", "--master",
            f"spark://{_HOST}:{self.master}", *given, "spark-internal",
        )  # fmt: skip
        self._reached(self.connect)

    def kill(self, name: str) -> None:
        """End a process and what it started at once, as a machine that is switched off."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def stop(self) -> None:
        for name in [*self.processes]:
            self.kill(name)

    def _run(self, name: str, program: str, *arguments: str) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "JAVA_HOME": self.java,
            "SPARK_LOCAL_IP": _HOST,
            "SPARK_NO_DAEMONIZE": "1",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(home / "bin" / program), *arguments], cwd=self.folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _reached(self, port: int) -> None:
        until = time.monotonic() + _START
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection((_HOST, port), timeout=1):
                return
            time.sleep(0.2)
        logs = "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
        raise RuntimeError(f"Spark did not start:\n{logs}")


def java_home() -> str:
    """Return where a Java is that Spark runs on; the newest ones are no such."""
    given = os.environ.get("JAVA_HOME")
    homes = [given] if given else []
    homes += [str(path) for n in (17, 21) for path in Path("/usr/lib/jvm").glob(f"*{n}*")]
    found = shutil.which("java")
    homes += [str(Path(found).resolve().parent.parent)] if found else []
    for home in homes:
        if (Path(home) / "bin" / "java").exists():
            return home
    pytest.skip("Java is not installed: apt-get install openjdk-17-jre-headless")


@pytest.fixture(scope="session")
def spark() -> Iterator[Cluster]:
    """A cluster with two workers, for as long as the tests run."""
    pytest.importorskip("pyspark", reason="PySpark is not installed: make spark")
    folder = Path(tempfile.mkdtemp(prefix="segdb_spark_"))
    cluster = Cluster(folder, java_home())
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
