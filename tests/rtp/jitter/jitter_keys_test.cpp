// Tests of key events (RFC 4733) in the jitter buffer.
#include "driven_buffer.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using KeyBuffer = test::DrivenBuffer;

TEST_CASE_FIXTURE(KeyBuffer, "A key event counts as silence, not as loss, and the buffer plays all audio after it [RFC 4733 section 2.5.1]") {
  using Kind = rtp::Pull::Kind;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::size_t frames = 0, sent = 0;
  const auto audio = [&](int packets) {
    for (int i = 0; i < packets; ++i, timestamp += 160, ++sent) {
      put(sequence++, timestamp);
      frames += tick().kind == Kind::Frame;
    }
  };
  audio(20);
  for (int keys = 0; keys < 5; ++keys) {
    const auto begin = timestamp;
    for (int i = 0; i < 7; ++i, timestamp += 160) {
      CHECK(put_key(sequence++, begin));
      frames += tick().kind == Kind::Frame;
    }
    audio(keys);  // The audio between two key events lasts 0 to 80 ms.
  }
  audio(20);
  CHECK(counts().concealed == 0);
  for (int i = 0; i < 5; ++i) frames += tick().kind == Kind::Frame;
  CHECK(frames == sent);
  CHECK(counts().late + counts().duplicate + counts().reordered + counts().suspect == 0);
}

TEST_CASE_FIXTURE(KeyBuffer, "A key event that begins during, with or shortly after the last audio packet causes at most one concealment") {
  for (const std::uint32_t early : {0u, 40u, 80u, 160u}) {
    for (const bool behind : {false, true}) {
      CAPTURE(early);
      CAPTURE(behind);
      ++ssrc;
      const auto concealed = counts().concealed;
      const std::uint32_t begin = behind ? 20 * 160 + early % 160 : 20 * 160 - early;
      for (std::uint16_t i = 0; i < 40; ++i) {
        if (i < 20 || i >= 28) {
          put(i, i * 160u + (i >= 28 && behind ? early % 160 : 0));
        } else {
          put_key(i, begin);
        }
        (void)tick();
      }
      CHECK(counts().concealed - concealed <= 1);
    }
  }
}

TEST_CASE_FIXTURE(KeyBuffer, "The buffer plays all audio that a sender sends together with key events") {
  std::uint16_t sequence = 0;
  std::size_t frames = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    put_key(sequence++, i / 10 * 10 * 160);
    put(sequence++, i * 160);
    frames += tick().kind == rtp::Pull::Kind::Frame;
  }
  CHECK(frames >= 98);
  CHECK(counts().concealed == 0);
  CHECK(counts().late + counts().duplicate == 0);
}

TEST_CASE_FIXTURE(KeyBuffer, "A key event with a timestamp unrelated to the audio has no effect") {
  std::size_t frames = 0;
  for (std::uint16_t i = 0; i < 100; ++i) {
    put(static_cast<std::uint16_t>(2 * i), i * 160u);
    put_key(static_cast<std::uint16_t>(2 * i + 1), 0x40000000u + i * 160u);
    frames += tick().kind == rtp::Pull::Kind::Frame;
  }
  CHECK(frames == 99);
  CHECK(counts().resets == 0);
}
