#include <offhook/agent/capture/packet_queue.hpp>
#include <offhook/tests/agent/capture/packets.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <new>
#include <string>
#include <thread>
#include <vector>

using namespace offhook;
using namespace offhook::agent::capture;

namespace {

Packet packet_of(std::size_t octets) {
  Packet packet;
  packet.octets = std::string(octets, 'a');
  return packet;
}

}  // namespace

TEST_CASE("A queue has room for kMaxPackets, and drops and counts further ones until its thread takes them") {
  PacketQueue queue;
  for (std::size_t i = 0; i < PacketQueue::kMaxPackets; ++i) queue.put(packet_of(1));
  CHECK(queue.dropped() == 0);
  queue.put(packet_of(1));
  CHECK(queue.dropped() == 1);
  std::vector<Packet> taken;
  CHECK(queue.take_all(taken));
  CHECK(taken.size() == PacketQueue::kMaxPackets);
  queue.put(packet_of(1));
  CHECK(queue.dropped() == 1);
  CHECK(queue.take_all(taken));
  CHECK(taken.size() == 1);
}

TEST_CASE("A queue has room for kMaxOctets, and a shorter packet may still fit") {
  PacketQueue queue;
  queue.put(packet_of(PacketQueue::kMaxOctets - 1));
  queue.put(packet_of(2));
  CHECK(queue.dropped() == 1);
  queue.put(packet_of(1));
  queue.put(packet_of(0));
  CHECK(queue.dropped() == 1);
  queue.put(packet_of(1));
  CHECK(queue.dropped() == 2);
  std::vector<Packet> taken;
  CHECK(queue.take_all(taken));
  CHECK(taken.size() == 3);
}

TEST_CASE("A queue says before a copy whether a packet fits, and counts one that does not fit") {
  PacketQueue queue;
  queue.put(packet_of(PacketQueue::kMaxOctets - 1));
  CHECK(queue.has_room(1));
  CHECK(queue.dropped() == 0);
  CHECK_FALSE(queue.has_room(2));
  CHECK(queue.dropped() == 1);
}

TEST_CASE("Packets for which memory is missing are dropped and counted") {
  PacketQueue queue;
  queue.handle(3, [] { throw std::bad_alloc(); });
  CHECK(queue.dropped() == 3);
}

TEST_CASE("After close(), packets are handled until the time is over, and then dropped and counted") {
  PacketQueue queue;
  int handled = 0;
  queue.close(std::chrono::hours(1));
  queue.handle(1, [&] { ++handled; });
  queue.close(base::Duration::zero());
  queue.handle(2, [&] { ++handled; });
  CHECK(handled == 1);
  CHECK(queue.dropped() == 2);
}

TEST_CASE("A closed queue gives what waits, says that no more will come, and drops what still comes") {
  PacketQueue queue;
  queue.put(packet_of(1));
  queue.close();
  queue.put(packet_of(2));
  std::vector<Packet> taken;
  CHECK_FALSE(queue.take_all(taken));
  CHECK(taken.size() == 1);
  CHECK(queue.dropped() == 1);
}

TEST_CASE("A thread that waits for packets wakes for a packet, for the end of its patience, and for the end of the queue") {
  PacketQueue queue;
  std::vector<Packet> taken;
  CHECK(queue.take_all(taken, std::chrono::milliseconds(1)));
  CHECK(taken.empty());
  std::thread producer([&] { queue.put(packet_of(1)); });
  CHECK(queue.take_all(taken));
  CHECK(taken.size() == 1);
  producer.join();
  producer = std::thread([&] { queue.close(); });
  CHECK_FALSE(queue.take_all(taken));
  CHECK(taken.empty());
  producer.join();
}
