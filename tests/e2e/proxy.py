# SPDX-FileCopyrightText: Sampan contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between client and server for tests of broken wires."""

import contextlib
import socket
import struct
import threading

from waiting import WAIT_SECS, Failure


class Proxy:
    """A wire between client and server that can be measured and broken.

    UP_LIMIT, DOWN_LIMIT: after so many bytes towards the server or the client, all connections together, `reached` is set and
    the wire does what AT_LIMIT says: "hold" passes nothing more (until release()), "hole" nothing in either direction,
    "cut" resets every connection and those that follow, "reset" and "finish" end those that are there, "finish" in order as if both ends had closed them.
    TIMES: "reset" comes again after as many bytes, until there were so many `resets`.
    CHUNK: the most bytes passed at once. KEEP: `passed` is all that passed. ADDRESS: where the server sees it come from."""

    def __init__(self, port, up_limit=None, down_limit=None, at_limit="hold", times=1, chunk=65536, keep=False,
                 address="127.0.0.1"):
        self.address = address
        self.target = port
        self.limits = {"up": up_limit, "down": down_limit}
        self.steps = dict(self.limits)
        self.at_limit, self.times, self.chunk = at_limit, times, chunk
        self.resets = 0
        self.keep = keep
        self.passed = {"up": b"", "down": b""}
        self.counts = {"up": 0, "down": 0}
        self.reached = threading.Event()
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.sockets = []
        self.closed = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target), source_address=(self.address, 0))
            except OSError:
                if self.closed:
                    return
                with contextlib.suppress(UnboundLocalError):
                    near.close()
                continue
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.sockets += [near, far]
            threading.Thread(target=self._pump, args=(near, far, "up"), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, "down"), daemon=True).start()

    def _allowed(self, direction):
        """How many bytes may pass now."""
        limit = self.limits[direction]
        if limit is None or self.released.is_set():
            return self.chunk
        return min(self.chunk, limit - self.counts[direction])

    def _pump(self, source, target, direction):
        try:
            while data := source.recv(65536):
                while data:
                    with self.lock:
                        size = self._allowed(direction)
                        self.counts[direction] += min(max(size, 0), len(data))
                    if size <= 0:
                        self.reached.set()
                        if self.at_limit == "cut":
                            self.cut()
                            return
                        if self.at_limit == "reset":
                            self.reset_once(direction)
                            return
                        if self.at_limit == "finish":
                            self.finish_once()
                            return
                        if self.at_limit == "hole":
                            self.close_both_ways()
                        self.released.wait()
                        if self.closed:
                            return
                        continue
                    target.sendall(data[:size])
                    if self.keep:
                        with self.lock:
                            self.passed[direction] += data[:size]
                    data = data[size:]
            target.shutdown(socket.SHUT_WR)
        except OSError:
            self._reset(source)
            self._reset(target)

    @staticmethod
    def _reset(one):
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            one.close()

    def wait_reached(self, seconds=WAIT_SECS):
        if not self.reached.wait(seconds):
            raise Failure(f"the limit was not reached: {self.counts}")

    def release(self):
        self.released.set()

    def cut(self):
        with self.lock:
            sockets, self.sockets = self.sockets, []
        for one in sockets:
            self._reset(one)

    def reset_once(self, direction):
        """Another thread may have come here for the same bytes."""
        with self.lock:
            if self.counts[direction] < self.limits[direction]:
                return
            self.limits[direction] += self.steps[direction]
            self.resets += 1
            if self.resets == self.times:
                self.release()
        self.cut()

    def close_both_ways(self):
        with self.lock:
            self.limits = dict(self.counts)

    def finish_once(self):
        self.release()
        with self.lock:
            sockets, self.sockets = self.sockets, []
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.closed = True
        self.listener.close()
        self.released.set()
        self.cut()
