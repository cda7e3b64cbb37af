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

TEST_CASE("PacketQueue holds kMaxPackets packets. Until its thread takes them, it drops and counts further packets") {
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

TEST_CASE("PacketQueue holds kMaxOctets octets. After it has dropped a packet, a shorter packet may still fit") {
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

TEST_CASE("has_room() returns whether a packet fits before the caller copies it, and counts a packet that does not fit as dropped") {
  PacketQueue queue;
  queue.put(packet_of(PacketQueue::kMaxOctets - 1));
  CHECK(queue.has_room(1));
  CHECK(queue.dropped() == 0);
  CHECK_FALSE(queue.has_room(2));
  CHECK(queue.dropped() == 1);
}

TEST_CASE("If there is no memory for its packets, PacketQueue::handle() counts them as dropped") {
  PacketQueue queue;
  queue.handle(3, [] { throw std::bad_alloc(); });
  CHECK(queue.dropped() == 3);
}

TEST_CASE("After close(), PacketQueue::handle() handles packets until the time limit, and then counts further packets as dropped") {
  PacketQueue queue;
  int handled = 0;
  queue.close(std::chrono::hours(1));
  queue.handle(1, [&] { ++handled; });
  queue.close(base::Duration::zero());
  queue.handle(2, [&] { ++handled; });
  CHECK(handled == 1);
  CHECK(queue.dropped() == 2);
}

TEST_CASE("After close(), take_all() returns the waiting packets and false, and PacketQueue drops and counts further packets") {
  PacketQueue queue;
  queue.put(packet_of(1));
  queue.close();
  queue.put(packet_of(2));
  std::vector<Packet> taken;
  CHECK_FALSE(queue.take_all(taken));
  CHECK(taken.size() == 1);
  CHECK(queue.dropped() == 1);
}

TEST_CASE("take_all() waits until a packet comes, until its time limit, or until close()") {
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
