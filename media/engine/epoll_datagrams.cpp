#include <offhook/media/engine/epoll_datagrams.hpp>

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/translator.hpp>

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace offhook::inline v0::media {
namespace {

constexpr int kMaxReadyReports = 32;      // per phase; further reports follow in the next phase
constexpr std::size_t kMaxReports = 8;   // per socket
static_assert(ReadPace::kMost % ReceiveBatch::kMaxDatagrams == 0);

}  // namespace

EpollDatagrams::EpollDatagrams() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

EpollDatagrams::~EpollDatagrams() {
  if (epoll_ >= 0) ::close(epoll_);
}

void EpollDatagrams::add(Leg& leg) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &leg;
  leg.reports_unwatched = ::epoll_ctl(epoll_, EPOLL_CTL_ADD, leg.rtcp.fd(), &event) != 0;  // It fails, for example, beyond max_user_watches.
}

void EpollDatagrams::remove(Leg& leg) {
  // Closing the socket is not enough: a child between fork and exec holds the descriptor too, and events would continue.
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, leg.rtcp.fd(), nullptr);
}

void EpollDatagrams::receive(std::span<Leg* const> due, const ArrivalClock& clock) {
  if (begins_phase(clock)) {
    std::array<epoll_event, kMaxReadyReports> events;
    const int count = ::epoll_wait(epoll_, events.data(), kMaxReadyReports, 0);
    for (int i = 0; i < count; ++i) receive_reports(*static_cast<Leg*>(events[static_cast<std::size_t>(i)].data.ptr), clock);
    receive_relayed(clock);
  }
  for (Leg* const leg : due) {
    if (leg->reports_unwatched) receive_reports(*leg, clock);
    if (!leg->audio_watched) receive_audio(*leg, clock);
  }
}

// Reads at most one batch from a socket, so that a flooded socket does not delay other legs.
void EpollDatagrams::receive_relayed(const ArrivalClock& clock) {
  for (Leg* const leg : relayed_.ready()) {
    read_audio(*leg, ReceiveBatch::kMaxDatagrams);
    hand_in_batch(*leg, Channel::Rtp, clock);
    if (batch_.size() == ReceiveBatch::kMaxDatagrams) relayed_.again(*leg);
  }
}

void EpollDatagrams::read_audio(Leg& leg, std::size_t most) {
  batch_.receive(leg.rtp.fd(), most);
  if (!batch_.was_refused()) return;
  on_refusal(leg, ECONNREFUSED);
  batch_.receive(leg.rtp.fd(), most);  // The error reported an earlier refusal; this read has not read any datagram yet.
}

void EpollDatagrams::hand_in_batch(Leg& leg, Channel channel, const ArrivalClock& clock) {
  for (std::size_t i = 0; i < batch_.size(); ++i) hand_in(leg, channel, batch_.from(i), batch_.bytes(i), clock.arrival(batch_.arrival(i)));
}

void EpollDatagrams::receive_reports(Leg& leg, const ArrivalClock& clock) {
  batch_.receive(leg.rtcp.fd(), kMaxReports);
  hand_in_batch(leg, Channel::Rtcp, clock);
}

void EpollDatagrams::receive_audio(Leg& leg, const ArrivalClock& clock) {
  leg.pace.begin_tick();
  while (leg.pace.wants_more()) {
    const std::size_t most = leg.pace.in_step() ? 1 : ReceiveBatch::kMaxDatagrams;
    read_audio(leg, most);
    hand_in_batch(leg, Channel::Rtp, clock);
    if (batch_.size() < most) return;
  }
}

void EpollDatagrams::send_one(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to) {
  const auto& socket = channel == Channel::Rtp ? leg.rtp : leg.rtcp;
  const bool tied = channel == Channel::Rtp && leg.tie.is_tied_to(to);
  if (tied ? socket.send(datagram) : socket.send(datagram, to)) return;
  if (channel == Channel::Rtp && leg.tie.is_tied()) {
    on_refusal(leg, errno);
    if (!leg.tie.is_tied() && socket.send(datagram, to)) return;  // The error reported the refusal of an earlier datagram.
  }
  ++leg.send_failed;
}

void EpollDatagrams::pass_on(Leg& through, const Onward& onward) {
  std::array<std::uint8_t, rtp::kMaxPassedOctets> octets;
  const auto size = rtp::write_packet(onward.packet, octets);
  if (size) send_one(through, Channel::Rtp, base::Bytes(octets).first(*size), onward.to);  // The packet fits.
}

}  // namespace offhook::inline v0::media
