"""A telephone with the media of a browser: aiortc has ICE, DTLS-SRTP and the codec. It calls a user over TCP through a proxy that asks for no password,
plays a WAV file, records the other side at 16 kHz, and hangs up at the end of the file. Prints a line for each of its actions."""

import argparse
import asyncio
import secrets
import wave

import aioice.ice
import av
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError


class SipCall:
    """One call over one connection to a proxy: the requests and the tags of its dialog."""

    def __init__(self, reader, writer, proxy, user):
        self.reader, self.writer = reader, writer
        self.target = self.remote = f"sip:{user}@{proxy}"
        self.local = "<sip:aiortc@127.0.0.1>;tag=" + secrets.token_hex(8)
        self.address = "%s:%d" % writer.get_extra_info("sockname")
        self.call_id, self.routes, self.cseq = secrets.token_hex(8), [], 0

    async def request(self, method, body=""):
        """Returns the final response and its body. Sends the ACK of an INVITE."""
        if method != "ACK":
            self.cseq += 1
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: SIP/2.0/TCP {self.address};branch=z9hG4bK{secrets.token_hex(8)}",
            "Max-Forwards: 70",
            f"From: {self.local}",
            f"To: {self.remote}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {method}",
            f"Contact: <sip:aiortc@{self.address};transport=tcp>",
            *(f"Route: {route}" for route in self.routes),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        if method == "ACK":
            return None
        status = 100
        while status < 200:
            status, headers, answer = await self.response()
        if method == "INVITE" and status == 200:
            self.remote = headers["to"][0]
            self.target = headers["contact"][0].split("<")[1].split(">")[0]
            self.routes = headers.get("record-route", [])[::-1]
            await self.request("ACK")
        return status, answer

    async def response(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {}
        for line in head[1:]:
            name, value = line.split(":", 1)
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        body = await self.reader.readexactly(int(headers["content-length"][0]))
        return int(head[0].split()[1]), headers, body.decode()


async def record(track, path):
    resampler = av.AudioResampler(format="s16", layout="mono", rate=16000)
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        try:
            while True:
                for frame in resampler.resample(await track.recv()):
                    file.writeframes(frame.to_ndarray().tobytes())
        except MediaStreamError:
            return


async def call(options):
    # By itself, aioice has no candidate on loopback.
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
    connection = RTCPeerConnection()
    connection.on("connectionstatechange", lambda: print("connection", connection.connectionState, flush=True))
    question = MediaPlayer(options.play).audio
    transceiver = connection.addTransceiver(question)
    codecs = RTCRtpSender.getCapabilities("audio").codecs
    transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType.lower() == f"audio/{options.codec}"])
    ended = asyncio.Event()
    question.on("ended", ended.set)
    await connection.setLocalDescription(await connection.createOffer())

    host, port = options.proxy.split(":")
    sip = SipCall(*await asyncio.open_connection(host, int(port)), options.proxy, options.user)
    status, answer = await sip.request("INVITE", connection.localDescription.sdp)
    print("status", status, flush=True)
    if status != 200:
        raise SystemExit(1)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    recording = asyncio.create_task(record(transceiver.receiver.track, options.record))
    await ended.wait()
    print("bye", (await sip.request("BYE"))[0], flush=True)
    await connection.close()
    await recording


parser = argparse.ArgumentParser()
for name in ("proxy", "user", "codec", "play", "record"):
    parser.add_argument("--" + name, required=True)
asyncio.run(asyncio.wait_for(call(parser.parse_args()), 90))
