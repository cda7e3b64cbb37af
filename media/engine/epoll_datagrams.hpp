#pragma once

#include <offhook/media/engine/audio_watch.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/udp_socket.hpp>

namespace offhook::inline v0::media {

/// The path for systems without io_uring. One recvmmsg reads each leg's audio when it is due. RTCP is read when epoll reports it. Each datagram
/// leaves with a separate sendto. A wake-up for each packet would double the cost of everything. In each receive(), one system call finds the relayed
/// legs with audio, which are then read.
class EpollDatagrams final : public Datagrams {
 public:
  EpollDatagrams();
  ~EpollDatagrams() override;
  EpollDatagrams(const EpollDatagrams&) = delete;
  EpollDatagrams& operator=(const EpollDatagrams&) = delete;
  [[nodiscard]] bool works() const { return epoll_ >= 0 && relayed_.works(); }

  void add(Leg& leg) override;
  void receive(std::span<Leg* const> due, const ArrivalClock& clock) override;
  void watch_audio(Leg& leg) override { relayed_.add(leg); }  // an unwatched leg is read when it is due
  void unwatch_audio(Leg& leg) override { relayed_.remove(leg); }
  void remove(Leg& leg) override;
  [[nodiscard]] bool is_released(const Leg&) const override { return true; }
  [[nodiscard]] DatagramPath path() const override { return DatagramPath::Epoll; }

 private:
  void receive_reports(Leg& leg, const ArrivalClock& clock);
  void receive_audio(Leg& leg, const ArrivalClock& clock);
  void receive_relayed(const ArrivalClock& clock);
  void hand_in_batch(Leg& leg, Channel channel, const ArrivalClock& clock);
  void read_audio(Leg& leg, std::size_t most);
  void send_one(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to) override;
  void pass_on(Leg& through, const Onward& onward) override;

  int epoll_ = -1;
  AudioWatch relayed_;
  ReceiveBatch batch_;
};

}  // namespace offhook::inline v0::media
