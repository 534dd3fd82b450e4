"""The official OpenAI client against `jam-flow serve`: speech while it is made, models, videos, and errors in the shapes that it knows.

Run by `make openai-client`, which `make test` does. Without the built program everything is skipped with one line, unless
JAM_FLOW_TEST_CLIENTS=required.
"""

import asyncio
import concurrent.futures
import io
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
import warnings
import wave
from pathlib import Path

try:
    import openai
except ImportError:
    openai = None

ROOT = Path(__file__).resolve().parents[3]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = TARGET / "release" / ("jam-flow.exe" if os.name == "nt" else "jam-flow")
TOKEN = "a-token-for-the-client"
QUEUE = 3
TEXT = "Hello from the official client."


def missing():
    """What is missing for these tests, as one line; empty if nothing is."""
    if openai is None:
        return "the package openai is not installed: .ci/setup test"
    if not PROGRAM.exists():
        return f"the program is not built, so the client is not tested: cargo build --release --workspace ({PROGRAM})"
    return ""


class Server:
    """A server of its own on a free port."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        token = Path(self.folder.name) / "token"
        token.write_text(TOKEN)
        command = [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--token-file", token, "--queue", str(QUEUE)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8")
        for line in self.process.stderr:
            if found := re.search(r"(http://127\.0\.0\.1:\d+)", line):
                self.url = found[1] + "/v1"
                return
        raise RuntimeError("the server did not start")

    def client(self, token=TOKEN, kind="OpenAI"):
        return getattr(openai, kind)(base_url=self.url, api_key=token, max_retries=0, timeout=60)

    def stop(self):
        self.process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        self.process.wait(30)
        self.process.stderr.close()
        self.folder.cleanup()


def setUpModule():
    if line := missing():
        if os.environ.get("JAM_FLOW_TEST_CLIENTS") == "required":
            raise RuntimeError(line)
        print(line)
        raise unittest.SkipTest(line)


class OfficialClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.client = cls.server.client()
        # Warm: the first speech of a process allocates.
        cls.client.audio.speech.create(model="jam-flow", voice="af_heart", input=TEXT, response_format="pcm").read()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.stop()

    def speak(self, text=TEXT, voice="af_heart", client=None, **more):
        return (client or self.client).audio.speech.create(model="tts-1", voice=voice, input=text, **more)

    def streaming(self, text, **more):
        create = self.client.audio.speech.with_streaming_response.create
        return create(model="tts-1", voice="af_heart", input=text, response_format="pcm", **more)

    def test_speech_is_heard_while_it_is_made(self):
        begin = time.monotonic()
        first = None
        pieces = []
        with self.streaming("A sentence that is long enough to be made in several pieces, one after the other. " * 6) as response:
            self.assertEqual(response.headers["content-type"], "audio/pcm")
            for piece in response.iter_bytes():
                first = first or time.monotonic() - begin
                pieces.append(piece)
        whole = time.monotonic() - begin
        self.assertLess(2 * first, whole)
        self.assertGreater(len(pieces), 3)
        load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        print(f"first sound after {1000 * first:.0f} ms of {1000 * whole:.0f} ms{load}")

    def test_every_format_that_needs_nothing_installed(self):
        pcm = self.speak(response_format="pcm").read()
        wav = self.speak(response_format="wav").read()
        with wave.open(io.BytesIO(wav)) as sound:
            self.assertEqual((sound.getframerate(), sound.getnchannels(), sound.getsampwidth()), (24000, 1, 2))
        self.assertTrue(wav.endswith(pcm) and len(pcm) > 24000)
        for name, mark in [("flac", b"fLaC"), ("opus", b"OggS"), ("aac", b"\xff\xf1")]:
            sound = self.speak(response_format=name).read()
            self.assertTrue(sound.startswith(mark), name)
            self.assertLess(len(sound), len(pcm))

    def test_voices_of_openai_and_speed(self):
        voices = [self.speak(voice=voice, response_format="pcm").read() for voice in ["nova", "onyx", "af_heart"]]
        self.assertEqual(len(set(voices)), 3)
        fast = self.speak(response_format="pcm", speed=1.5).read()
        self.assertLess(len(fast), 0.8 * len(voices[2]))

    def test_models(self):
        self.assertEqual([model.id for model in self.client.models.list()], ["jam-flow"])
        self.assertEqual(self.client.models.retrieve("jam-flow").id, "jam-flow")
        with self.assertRaises(openai.NotFoundError):
            self.client.models.retrieve("gpt-9")

    def test_a_wrong_voice_names_the_field(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.speak(voice="nobody")
        error = caught.exception
        self.assertEqual((error.status_code, error.param, error.type), (400, "voice", "invalid_request_error"))
        self.assertIn("nobody", error.message)
        for field, value in [("speed", 99), ("response_format", "midi"), ("stream_format", "sse")]:
            with self.assertRaises(openai.BadRequestError) as caught:
                self.speak(**{field: value})
            self.assertEqual(caught.exception.param, field)
        for text in ["", " ", "a " * 3000]:
            with self.assertRaises(openai.BadRequestError) as caught:
                self.speak(text)
            self.assertEqual(caught.exception.param, "input")

    def test_a_wrong_key_is_refused(self):
        with self.server.client("another-token-than-that") as stranger, self.assertRaises(openai.AuthenticationError) as caught:
            stranger.models.list()
        error = caught.exception
        self.assertEqual((error.status_code, error.code, error.type), (401, "invalid_api_key", "authentication_error"))

    def test_twenty_at_once_are_answered_or_told_to_come_back(self):
        expected = self.speak(response_format="pcm").read()

        def ask(_):
            begin = time.monotonic()
            try:
                return self.speak(response_format="pcm").read() == expected
            except openai.RateLimitError as error:
                return error.status_code, error.code, error.response.headers["retry-after"], time.monotonic() - begin < 20

        with concurrent.futures.ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(ask, range(20)))
        refusal = (429, "queue_full", "1", True)
        self.assertTrue(all(answer in (True, refusal) for answer in answers), answers)
        self.assertTrue(True in answers and refusal in answers, answers)

    def test_a_client_that_waits_as_it_is_told_is_answered(self):
        patient = openai.OpenAI(base_url=self.server.url, api_key=TOKEN, max_retries=20, timeout=60)
        with patient, concurrent.futures.ThreadPoolExecutor(8) as threads:
            sounds = threads.map(lambda _: self.speak(client=patient, response_format="pcm").read(), range(8))
            self.assertEqual(len(set(sounds)), 1)

    def test_a_video(self):
        # OpenAI's own service for videos has ended; the client still knows its addresses.
        warnings.simplefilter("ignore", DeprecationWarning)
        video = self.client.videos.create_and_poll(prompt="Yes.", size="720x1280", poll_interval_ms=100)
        self.assertEqual((video.object, video.status, video.progress, video.error), ("video", "completed", 100, None))
        film = self.client.videos.download_content(video.id).read()
        self.assertEqual(film[4:8], b"ftyp")
        self.assertIn(video.id, [other.id for other in self.client.videos.list()])
        self.assertTrue(self.client.videos.delete(video.id).deleted)
        with self.assertRaises(openai.NotFoundError):
            self.client.videos.retrieve(video.id)


class OfficialAsyncClient(unittest.TestCase):
    def test_speech(self):
        server = Server()
        self.addCleanup(server.stop)
        sound = asyncio.run(self.speak(server))
        self.assertTrue(sound.startswith(b"RIFF") and len(sound) > 10000)

    async def speak(self, server):
        async with server.client(kind="AsyncOpenAI") as client:
            create = client.audio.speech.with_streaming_response.create
            async with create(model="jam-flow", voice="alloy", input="Yes.", response_format="wav") as response:
                return b"".join([piece async for piece in response.iter_bytes()])


if __name__ == "__main__":
    unittest.main()
