#include "loopback.hpp"

#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <poll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

using namespace offhook;
using offhook_test::kLoopback;
using offhook_test::port_of;
using offhook_test::wait_until;

namespace {

base::Duration wall() { return std::chrono::duration_cast<base::Duration>(std::chrono::system_clock::now().time_since_epoch()); }

/// Waits until the kernel records arrival times. The kernel starts this a moment after the first socket has requested it. Before that,
/// ReceiveBatch has the times of reading. Returns false if the kernel never starts.
bool notes_arrivals(const media::UdpSocket& sender, const media::UdpSocket& receiver) {
  media::ReceiveBatch batch;
  return wait_until([&] {
    pollfd waiting{receiver.fd(), POLLIN, 0};
    if (!sender.send(std::array<std::uint8_t, 1>{9}, {kLoopback, port_of(receiver)}) || ::poll(&waiting, 1, 20'000) != 1) return false;
    const auto there = wall();
    auto after = wall();
    while (after == there) after = wall();
    batch.receive(receiver.fd());
    return batch.size() == 1 && batch.arrival(0) && *batch.arrival(0) < after;
  });
}

}  // namespace

TEST_CASE("ReceiveBatch has the arrival time of each datagram, which is not the time of reading, and the datagram's source") {
  const auto loopback = base::IpAddress::v4({127, 0, 0, 1});
  auto sender = media::UdpSocket::bind({loopback, 0}), receiver = media::UdpSocket::bind({loopback, 0});
  REQUIRE(sender);
  REQUIRE(receiver);
  const base::SocketAddress to{loopback, port_of(*receiver)};
  const std::array<std::uint8_t, 3> octets{1, 2, 3};
  REQUIRE(notes_arrivals(*sender, *receiver));
  const auto before = wall();
  for (int i = 0; i < 2; ++i) REQUIRE(sender->send(octets, to));
  pollfd waiting{receiver->fd(), POLLIN, 0};
  REQUIRE(::poll(&waiting, 1, 20'000) == 1);
  const auto after = wall();  // The first datagram has arrived. The second one may still be on its way.
  media::ReceiveBatch batch;
  for (int round = 0; round < 2; ++round) {  // The second round uses the headers that the first round filled.
    batch.receive(receiver->fd());
    REQUIRE(batch.size() == (round == 0 ? 2 : 1));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      CHECK(batch.bytes(i).size() == 3);
      CHECK(batch.from(i) == base::SocketAddress{loopback, port_of(*sender)});
      REQUIRE(batch.arrival(i));
      CHECK(*batch.arrival(i) >= before);
    }
    if (round == 0) CHECK(*batch.arrival(0) <= after);
    if (round == 0) REQUIRE(sender->send(octets, to));
    if (round == 0) REQUIRE(::poll(&waiting, 1, 20'000) == 1);
  }
}

TEST_CASE("ReceiveBatch returns an empty datagram in place of a datagram that is longer than its buffer") {
  const auto loopback = base::IpAddress::v4({127, 0, 0, 1});
  auto sender = media::UdpSocket::bind({loopback, 0}), receiver = media::UdpSocket::bind({loopback, 0});
  REQUIRE((sender && receiver));
  const std::vector<std::uint8_t> fits(media::ReceiveBatch::kMaxOctets), too_long(media::ReceiveBatch::kMaxOctets + 1);
  for (const auto& octets : {fits, too_long}) REQUIRE(sender->send(octets, {loopback, port_of(*receiver)}));
  pollfd waiting{receiver->fd(), POLLIN, 0};
  REQUIRE(::poll(&waiting, 1, 20'000) == 1);
  media::ReceiveBatch batch;
  batch.receive(receiver->fd());
  REQUIRE(batch.size() == 2);
  CHECK(batch.bytes(0).size() == media::ReceiveBatch::kMaxOctets);
  CHECK(batch.bytes(1).empty());
}
