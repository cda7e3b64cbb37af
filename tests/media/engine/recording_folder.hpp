#pragma once

#include <offhook/base/random.hpp>
#include <offhook/media/files/recording_tap.hpp>
#include <offhook/media/files/sealed_recording.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace offhook_test {

/// A temporary folder for recordings.
struct RecordingFolder : offhook::test::Folder {
  [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
  [[nodiscard]] Octets read(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return Octets(std::istreambuf_iterator<char>(in), {});
  }
  void write(const std::string& name, const Octets& octets) const {
    std::ofstream out(file(name), std::ios::binary);
    out.write(reinterpret_cast<const char*>(octets.data()), static_cast<std::streamsize>(octets.size()));
  }
};

inline offhook::media::RecordingKey recording_key() {
  offhook::media::RecordingKey key{};
  key.fill(0x5A);
  return key;
}

/// Records a frame. The caller's samples have the value of the tick, and the agent's samples have its complement.
inline void record_tick(offhook::media::RecordingTap& tap, std::uint64_t tick) {
  const std::vector<std::int16_t> caller(160, static_cast<std::int16_t>(tick)), agent(160, static_cast<std::int16_t>(~tick));
  tap.record(tick, 8000, caller, agent);
}

inline offhook::media::RecordedFrame frame_of(std::uint64_t tick) {
  offhook::media::RecordedFrame frame;
  frame.tick = tick;
  frame.rate_hz = 8000;
  frame.samples = 320;
  std::fill_n(frame.pcm.begin(), 160, static_cast<std::int16_t>(tick));
  std::fill_n(frame.pcm.begin() + 160, 160, static_cast<std::int16_t>(~tick));
  return frame;
}

}  // namespace offhook_test
