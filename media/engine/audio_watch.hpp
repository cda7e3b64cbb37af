#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

struct Leg;

/// Tells of which legs audio has come, of many in one system call: for those that are read whether they are due or not. Belongs to one
/// worker; never allocates once made.
class AudioWatch {
 public:
  AudioWatch();
  ~AudioWatch();
  AudioWatch(const AudioWatch&) = delete;
  AudioWatch& operator=(const AudioWatch&) = delete;
  [[nodiscard]] bool works() const { return epoll_ >= 0; }

  /// Sets leg.audio_watched: not where the kernel allows no more.
  void add(Leg& leg);
  void remove(Leg& leg);
  /// Those for which anything has come since they were told of last, until the next call. Who does not read all of it asks for again().
  [[nodiscard]] std::span<Leg* const> ready();
  void again(Leg& leg);

 private:
  int epoll_ = -1;
  std::size_t watched_ = 0;
  std::vector<epoll_event> events_;   // room for all of them
  std::vector<Leg*> ready_;
};

}  // namespace offhook::inline v0::media
