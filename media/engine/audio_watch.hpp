#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

struct Leg;

/// Returns the legs for which audio has come, many of them in one system call. It serves the legs that the worker reads even if they are not due
/// (relayed legs). Belongs to one worker; only the constructor allocates.
class AudioWatch {
 public:
  AudioWatch();
  ~AudioWatch();
  AudioWatch(const AudioWatch&) = delete;
  AudioWatch& operator=(const AudioWatch&) = delete;
  [[nodiscard]] bool works() const { return epoll_ >= 0; }

  /// Watches the leg, and sets leg.audio_watched to true, or to false if the kernel refuses.
  void add(Leg& leg);
  void remove(Leg& leg);
  /// Returns the legs for which datagrams have come since their last report, valid until the next ready(). If you do not read all
  /// datagrams of a leg, call again(): the next ready() then returns this leg.
  [[nodiscard]] std::span<Leg* const> ready();
  void again(Leg& leg);

 private:
  int epoll_ = -1;
  std::size_t watched_ = 0;
  std::vector<epoll_event> events_;   // has space for all watched legs
  std::vector<Leg*> ready_;
};

}  // namespace offhook::inline v0::media
