#include <offhook/media/engine/epoll_datagrams.hpp>

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/translator.hpp>

#include <unistd.h>

#include <array>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr int kMaxReadyReports = 64;  // What is left over is there at the next tick.
constexpr std::size_t kMaxBatches = 4;  // Of one leg in a tick: 64 datagrams; then its socket keeps them, and drops.

}  // namespace

EpollDatagrams::EpollDatagrams()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), relay_epoll_(::epoll_create1(EPOLL_CLOEXEC)), ready_(kMaxLegsPerWorker) {}

EpollDatagrams::~EpollDatagrams() {
  for (const int fd : {epoll_, relay_epoll_}) {
    if (fd >= 0) ::close(fd);
  }
}

void EpollDatagrams::add(Leg& leg) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &leg;
  leg.reports_unwatched = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, leg.rtcp.fd(), &event) != 0;  // Beyond max_user_watches, say.
}

void EpollDatagrams::remove(Leg& leg) {
  // Closing alone would not do: a child between fork and exec holds the descriptor too, and events would go on.
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, leg.rtcp.fd(), nullptr);
}

void EpollDatagrams::watch_audio(Leg& leg) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = &leg;
  leg.audio_watched = ::epoll_ctl(relay_epoll_, EPOLL_CTL_ADD, leg.rtp.fd(), &event) == 0;  // Else it is read when it is due.
  if (leg.audio_watched) ++watched_;
}

void EpollDatagrams::unwatch_audio(Leg& leg) {
  if (!std::exchange(leg.audio_watched, false)) return;
  ::epoll_ctl(relay_epoll_, EPOLL_CTL_DEL, leg.rtp.fd(), nullptr);
  --watched_;
}

void EpollDatagrams::receive(std::span<Leg* const> due, const ArrivalClock& clock) {
  std::array<epoll_event, kMaxReadyReports> events;
  const int count = ::epoll_wait(epoll_, events.data(), kMaxReadyReports, 0);
  for (int i = 0; i < count; ++i) receive_reports(*static_cast<Leg*>(events[static_cast<std::size_t>(i)].data.ptr), clock);
  for (Leg* const leg : due) {
    if (leg->reports_unwatched) receive_reports(*leg, clock);
    if (!leg->audio_watched) receive_audio(*leg, clock);
  }
  receive_relayed(clock);
}

// A leg is told once for all that came. One that is flooded is read a batch at a time, and told again.
void EpollDatagrams::receive_relayed(const ArrivalClock& clock) {
  if (watched_ == 0) return;
  const int count = ::epoll_wait(relay_epoll_, ready_.data(), static_cast<int>(ready_.size()), 0);
  for (int i = 0; i < count; ++i) {
    epoll_event& event = ready_[static_cast<std::size_t>(i)];
    Leg& leg = *static_cast<Leg*>(event.data.ptr);
    batch_.receive(leg.rtp.fd());
    hand_in_batch(leg, Channel::Rtp, clock);
    if (batch_.size() < ReceiveBatch::kMaxDatagrams) continue;
    event.events = EPOLLIN | EPOLLET;
    ::epoll_ctl(relay_epoll_, EPOLL_CTL_MOD, leg.rtp.fd(), &event);
  }
}

void EpollDatagrams::hand_in_batch(Leg& leg, Channel channel, const ArrivalClock& clock) {
  for (std::size_t i = 0; i < batch_.size(); ++i) hand_in(leg, channel, batch_.from(i), batch_.bytes(i), clock.arrival(batch_.arrival(i)));
}

void EpollDatagrams::receive_reports(Leg& leg, const ArrivalClock& clock) {
  batch_.receive(leg.rtcp.fd());
  hand_in_batch(leg, Channel::Rtcp, clock);
}

void EpollDatagrams::receive_audio(Leg& leg, const ArrivalClock& clock) {
  for (std::size_t batches = 0; batches < kMaxBatches; ++batches) {
    batch_.receive(leg.rtp.fd());
    hand_in_batch(leg, Channel::Rtp, clock);
    if (batch_.size() < ReceiveBatch::kMaxDatagrams) return;
  }
}

void EpollDatagrams::send(Leg& leg, const Sendout& out) {
  for (const auto& datagram : out.all()) {
    const auto& socket = datagram.channel == Channel::Rtp ? leg.rtp : leg.rtcp;
    if (!socket.send(datagram.bytes(), datagram.to)) ++leg.send_failed;
  }
}

void EpollDatagrams::pass_on(Leg& through, const Onward& onward) {
  std::array<std::uint8_t, rtp::kMaxPassedOctets> octets;
  const auto size = rtp::write_packet(onward.packet, octets);
  if (!size || !through.rtp.send(base::Bytes(octets).first(*size), onward.to)) ++through.send_failed;
}

}  // namespace offhook::inline v0::media
