#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Several stacks joined by a network that delays, loses and reorders datagrams, repeatably from a seed.
namespace offhook::sim {

struct Weather {
  unsigned loss_percent = 0;
  base::Duration delay = 10ms;
  base::Duration jitter{};  ///< Added to the delay, uniformly: what reorders.
};

class Network {
 public:
  struct Node {
    Node(std::uint32_t number, std::uint64_t seed, base::SocketAddress where)
        : random(seed), stack(options(number), random), address(where) {}
    static sip::StackOptions options(std::uint32_t number) {
      sip::StackOptions made;
      made.number = number;
      return made;
    }
    base::SeededRandom random;
    sip::Stack stack;
    base::SocketAddress address;
    std::deque<sip::Event> events;
    template <class E>
    std::optional<E> event() {
      while (!events.empty()) {
        sip::Event first = std::move(events.front());
        events.pop_front();
        if (auto* wanted = std::get_if<E>(&first)) return std::move(*wanted);
      }
      return std::nullopt;
    }
  };

  Network(std::uint64_t seed, Weather weather) : random_(seed), weather_(weather) {}

  Node& add(const std::string& ip) {
    const auto number = static_cast<std::uint32_t>(nodes_.size() + 1);
    nodes_.push_back(std::make_unique<Node>(number, random_.next_u64(), address(ip, 5060)));
    return *nodes_.back();
  }
  [[nodiscard]] base::TimePoint now() const { return now_; }

  void run_for(base::Duration by) {
    const auto until = now_ + by;
    drain();
    while (const auto next = next_event()) {
      if (*next > until) break;
      now_ = std::max(now_, *next);
      deliver();
      for (auto& node : nodes_) {
        if (const auto due = node->stack.next_deadline(); due && *due <= now_) node->stack.handle_timeout(now_);
      }
      drain();
    }
    now_ = until;
  }
  [[nodiscard]] bool quiet() const { return !next_event(); }

 private:
  struct Packet {
    base::SocketAddress from, to;
    std::string bytes;
  };

  [[nodiscard]] std::optional<base::TimePoint> next_event() const {
    std::optional<base::TimePoint> first;
    if (!flying_.empty()) first = flying_.begin()->first;
    for (const auto& node : nodes_) {
      if (const auto due = node->stack.next_deadline(); due && (!first || *due < *first)) first = due;
    }
    return first;
  }
  void deliver() {
    while (!flying_.empty() && flying_.begin()->first <= now_) {
      const Packet packet = std::move(flying_.extract(flying_.begin()).mapped());
      for (auto& node : nodes_) {
        if (node->address != packet.to) continue;
        const sip::Flow flow{{1}, sip::Transport::Udp, packet.to, packet.from};
        node->stack.receive(flow, base::Bytes(reinterpret_cast<const std::uint8_t*>(packet.bytes.data()), packet.bytes.size()),
                            now_);
      }
    }
  }
  void drain() {
    for (auto& node : nodes_) {
      for (bool again = true; again;) {
        again = false;
        while (auto query = node->stack.poll_query()) {
          const auto ip = base::IpAddress::parse(query->host);
          sip::QueryResult result;
          if (ip) result.routes.push_back({sip::Transport::Udp, node->address, {*ip, query->port.value_or(5060)}, {1}});
          node->stack.on_answer(query->id, result, now_);
          again = true;
        }
        while (auto sent = node->stack.poll_transmit()) fly(node->address, std::move(*sent));
        while (auto event = node->stack.poll_event()) node->events.push_back(std::move(*event));
      }
      REQUIRE(node->stack.is_consistent());
    }
  }
  void fly(const base::SocketAddress& from, sip::Transmit sent) {
    if (random_.below(100) < weather_.loss_percent) return;
    const auto extra =
        base::Duration(static_cast<base::Duration::rep>(random_.below(static_cast<std::uint64_t>(weather_.jitter.count()) + 1)));
    flying_.emplace(now_ + weather_.delay + extra, Packet{from, sent.flow.remote, std::move(sent.bytes)});
  }

  base::SeededRandom random_;
  Weather weather_;
  base::TimePoint now_{1000s};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::multimap<base::TimePoint, Packet> flying_;
};

}  // namespace offhook::sim
