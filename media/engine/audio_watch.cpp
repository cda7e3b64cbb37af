#include <offhook/media/engine/audio_watch.hpp>

#include <offhook/media/engine/leg.hpp>

#include <unistd.h>

#include <utility>

namespace offhook::inline v0::media {
namespace {

// Edge-triggered, because otherwise the kernel would check each reported socket again.
epoll_event arrival_at(Leg& leg) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = &leg;
  return event;
}

}  // namespace

AudioWatch::AudioWatch() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_(kMaxLegsPerWorker) { ready_.reserve(kMaxLegsPerWorker); }

AudioWatch::~AudioWatch() {
  if (epoll_ >= 0) ::close(epoll_);
}

void AudioWatch::add(Leg& leg) {
  epoll_event event = arrival_at(leg);
  leg.audio_watched = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, leg.rtp.fd(), &event) == 0;  // false for example beyond max_user_watches
  if (leg.audio_watched) ++watched_;
}

void AudioWatch::remove(Leg& leg) {
  if (!std::exchange(leg.audio_watched, false)) return;
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, leg.rtp.fd(), nullptr);
  --watched_;
}

std::span<Leg* const> AudioWatch::ready() {
  ready_.clear();
  if (watched_ == 0) return ready_;
  const int count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), 0);
  for (int i = 0; i < count; ++i) ready_.push_back(static_cast<Leg*>(events_[static_cast<std::size_t>(i)].data.ptr));
  return ready_;
}

void AudioWatch::again(Leg& leg) {
  epoll_event event = arrival_at(leg);
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, leg.rtp.fd(), &event);
}

}  // namespace offhook::inline v0::media
