#pragma once

#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/udp_socket.hpp>

namespace offhook::inline v0::media {

/// The honest fallback: each leg's audio is read by one recvmmsg when it is due, RTCP where epoll says that there is any, and each
/// datagram leaves by a sendto of its own. To be woken by each packet would cost as much again as all the rest.
class EpollDatagrams final : public Datagrams {
 public:
  EpollDatagrams();
  ~EpollDatagrams() override;
  EpollDatagrams(const EpollDatagrams&) = delete;
  EpollDatagrams& operator=(const EpollDatagrams&) = delete;
  [[nodiscard]] bool works() const { return epoll_ >= 0; }

  void add(Leg& leg) override;
  void receive(std::span<Leg* const> due, const ArrivalClock& clock) override;
  void send(Leg& leg, const Sendout& out) override;
  void remove(Leg& leg) override;
  [[nodiscard]] bool is_released(const Leg&) const override { return true; }
  [[nodiscard]] DatagramPath path() const override { return DatagramPath::Epoll; }

 private:
  void receive_reports(Leg& leg, const ArrivalClock& clock);
  void receive_audio(Leg& leg, const ArrivalClock& clock);

  int epoll_ = -1;
  ReceiveBatch batch_;
};

}  // namespace offhook::inline v0::media
