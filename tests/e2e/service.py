#!/usr/bin/python3
# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""sampand as a service manager starts it: told when it is ready and alive, sockets that are handed over, and a stop."""

import os
import select
import signal
import socket
import subprocess

import harness

FIRST_FD = 3  # of the sockets that are handed over
# The variables name the process, which a shell that becomes it knows.
WRAPPER = ["/bin/sh", "-c", 'LISTEN_PID=${LISTEN_PID:-$$} WATCHDOG_PID=$$; export LISTEN_PID WATCHDOG_PID; exec "$@"', "sh"]


class Service(harness.Case):
    def setUp(self):
        super().setUp()
        self.server.add_user("ann")
        self.server.add_share("files", change="ann")
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notified.close)
        self.notified.settimeout(harness.WAIT_SECS)
        self.notified.bind(str(self.folder / "notify"))
        self.process = None
        self.addCleanup(self.kill)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def run_service(self, *arguments, passed=(), **variables):
        """PASSED: sockets that it gets. Their numbers are put in place by hand, as only the last step may disturb others."""
        def hand_over():
            spare = [os.dup2(one.fileno(), 100 + number) for number, one in enumerate(passed)]
            for number, fd in enumerate(spare):
                os.dup2(fd, FIRST_FD + number)
            os.closerange(FIRST_FD + len(spare), 200)

        environment = harness.environment(self.server.home) | {"NOTIFY_SOCKET": str(self.folder / "notify")} | variables
        if passed:
            environment["LISTEN_FDS"] = str(len(passed))
        with open(self.server.errors, "ab") as log:
            self.process = subprocess.Popen([*WRAPPER, os.environ["SAMPAND"], "run", "--state", str(self.server.state), *arguments],
                                            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                            close_fds=False, preexec_fn=hand_over)
        self.addCleanup(self.process.stdout.close)

    def listen(self, family=socket.AF_INET, address="127.0.0.1"):
        result = socket.socket(family, socket.SOCK_STREAM)
        self.addCleanup(result.close)
        result.bind((address, 0))
        result.listen()
        return result

    def expect(self, message):
        self.assertEqual(self.notified.recv(4096).decode(), message)

    def stop(self):
        """Signs of life may still be on their way."""
        self.process.send_signal(signal.SIGTERM)
        while (message := self.notified.recv(4096).decode()) != "STOPPING=1":
            self.assertEqual(message, "WATCHDOG=1")
        self.assertEqual(self.process.wait(harness.WAIT_SECS), 0, self.server.log())

    def listening(self):
        """Where it says that it listens. Once it is ready it has said so, and nothing else comes."""
        os.set_blocking(self.process.stdout.fileno(), False)
        lines = (self.process.stdout.read() or b"").decode().splitlines()
        self.assertTrue(all(line.startswith("listening on ") for line in lines), lines)
        return [line.removeprefix("listening on ") for line in lines]

    def client_for(self, port):
        client = harness.Client(self.folder)
        client.port = port
        return client

    def test_ready_alive_stopping(self):
        self.run_service("--listen", "127.0.0.1:0", WATCHDOG_USEC="300000")
        self.expect("READY=1")
        for _ in range(4):
            self.expect("WATCHDOG=1")
        self.stop()

    def test_abstract_address(self):
        name = f"sampan-test-{os.getpid()}"
        self.notified.close()
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.settimeout(harness.WAIT_SECS)
        self.notified.bind("\0" + name)
        self.run_service("--listen", "127.0.0.1:0", NOTIFY_SOCKET="@" + name)
        self.expect("READY=1")
        self.stop()

    def test_nobody_watches(self):
        for value in ("0", "-1", "soon", ""):
            self.run_service("--listen", "127.0.0.1:0", WATCHDOG_USEC=value)
            self.expect("READY=1")
            self.process.send_signal(signal.SIGTERM)
            self.expect("STOPPING=1")
            self.assertEqual(self.process.wait(harness.WAIT_SECS), 0)

    def test_sockets_outlive_it(self):
        """Who comes while it is being restarted waits and is served."""
        first, second = self.listen(), self.listen(socket.AF_INET6, "::1")
        self.run_service(passed=[first, second])
        self.expect("READY=1")
        self.assertEqual(self.listening(), [f"127.0.0.1:{first.getsockname()[1]}", f"[::1]:{second.getsockname()[1]}"])
        client = self.client_for(first.getsockname()[1])
        client.run("ping", client.remote())
        self.stop()
        waiting = client.start("ping", client.remote())
        harness.wait_until(lambda: self.has_waiting(first), "a connection waits")
        self.run_service(passed=[first, second])
        self.expect("READY=1")
        out, err = waiting.communicate(timeout=harness.WAIT_SECS)
        self.assertEqual(waiting.returncode, 0, (out, err))
        self.stop()

    @staticmethod
    def has_waiting(listening):
        """Whether somebody is to be accepted: readable."""
        return bool(select.select([listening], [], [], 0)[0])

    def test_sockets_beside_its_own(self):
        passed = self.listen()
        self.run_service("--listen", "127.0.0.1:0", passed=[passed])
        self.expect("READY=1")
        where = self.listening()
        self.assertEqual(len(where), 2)
        self.assertEqual(where[0], f"127.0.0.1:{passed.getsockname()[1]}")
        self.stop()

    def test_sockets_of_another_process(self):
        self.run_service("--listen", "127.0.0.1:0", passed=[self.listen()], LISTEN_PID="1")
        self.expect("READY=1")
        self.assertEqual(len(self.listening()), 1)
        self.stop()

    def test_no_such_sockets(self):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind(("127.0.0.1", 0))
        idle = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        local.bind(str(self.folder / "local"))
        local.listen()
        for passed in (datagrams, idle, local):
            self.addCleanup(passed.close)
            self.run_service(passed=[passed])
            self.assertEqual(self.process.wait(harness.WAIT_SECS), 1)
            self.assertIn("descriptor 3 is no TCP socket that listens", self.server.log())


if __name__ == "__main__":
    harness.main()
