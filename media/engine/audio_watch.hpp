#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

struct Leg;

/// Returns the legs for which audio has come, many of them in one system call. It is for legs that are read whether they are due or not. Belongs to
/// one worker; only the constructor allocates.
class AudioWatch {
 public:
  AudioWatch();
  ~AudioWatch();
  AudioWatch(const AudioWatch&) = delete;
  AudioWatch& operator=(const AudioWatch&) = delete;
  [[nodiscard]] bool works() const { return epoll_ >= 0; }

  /// Watches the leg, and sets leg.audio_watched; false if the kernel allows no more.
  void add(Leg& leg);
  void remove(Leg& leg);
  /// Returns the legs for which datagrams have come since their last report, valid until the next call. A caller that does
  /// not read all of a leg's datagrams calls again().
  [[nodiscard]] std::span<Leg* const> ready();
  void again(Leg& leg);

 private:
  int epoll_ = -1;
  std::size_t watched_ = 0;
  std::vector<epoll_event> events_;   // has space for all watched legs
  std::vector<Leg*> ready_;
};

}  // namespace offhook::inline v0::media
