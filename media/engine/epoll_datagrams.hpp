#pragma once

#include <offhook/media/engine/audio_watch.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/udp_socket.hpp>

namespace offhook::inline v0::media {

/// The honest fallback: each leg's audio is read by one recvmmsg when it is due, RTCP where epoll says that there is any, and each
/// datagram leaves by a sendto of its own. To be woken by each packet would cost as much again as all the rest. The audio of relayed legs
/// is looked for in each receive(), all of them in one system call, and read where there is any.
class EpollDatagrams final : public Datagrams {
 public:
  EpollDatagrams();
  ~EpollDatagrams() override;
  EpollDatagrams(const EpollDatagrams&) = delete;
  EpollDatagrams& operator=(const EpollDatagrams&) = delete;
  [[nodiscard]] bool works() const { return epoll_ >= 0 && relayed_.works(); }

  void add(Leg& leg) override;
  void receive(std::span<Leg* const> due, const ArrivalClock& clock) override;
  void watch_audio(Leg& leg) override { relayed_.add(leg); }  // Where it is not watched it is read when it is due.
  void unwatch_audio(Leg& leg) override { relayed_.remove(leg); }
  void send(Leg& leg, const Sendout& out) override;
  void remove(Leg& leg) override;
  [[nodiscard]] bool is_released(const Leg&) const override { return true; }
  [[nodiscard]] DatagramPath path() const override { return DatagramPath::Epoll; }

 private:
  void receive_reports(Leg& leg, const ArrivalClock& clock);
  void receive_audio(Leg& leg, const ArrivalClock& clock);
  void receive_relayed(const ArrivalClock& clock);
  void hand_in_batch(Leg& leg, Channel channel, const ArrivalClock& clock);
  void pass_on(Leg& through, const Onward& onward) override;
  void read_audio(Leg& leg, std::size_t most);
  void send_one(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to);

  int epoll_ = -1;
  AudioWatch relayed_;
  ReceiveBatch batch_;
};

}  // namespace offhook::inline v0::media
