#pragma once

#include <offhook/tests/sim/nat.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Several stacks on a network that delays, loses, repeats and reorders datagrams. The same seed gives the same behaviour. Each node has one stack. A
/// node may be behind a NAT, may be restarted, or may be stopped for a while. The network also has boxes, which are participants without a stack.
namespace offhook::sim {

struct Weather {
  unsigned loss_percent = 0;
  base::Duration delay = 10ms;
  base::Duration jitter{};  ///< limit of the random part of the delay (uniform distribution), which reorders datagrams
  unsigned duplicate_percent = 0;
  bool is_cut = false;  ///< true: no datagram arrives
};

inline constexpr Weather kStorm{.loss_percent = 15, .delay = 20ms, .jitter = 300ms, .duplicate_percent = 15};

class Network {
 public:
  struct Node {
    Node(std::uint32_t number, std::uint64_t seed, base::SocketAddress where, const sip::StackOptions& wanted = {})
        : options(wanted), random(seed), stack(numbered(number, wanted), random), address(where) {}
    static sip::StackOptions numbered(std::uint32_t number, sip::StackOptions wanted) {
      wanted.admission.on = false;  // The limiter would refuse the load, because one address represents many callers here.
      wanted.number = number;
      return wanted;
    }
    sip::StackOptions options;  // the options as given to add(), without the node's number
    base::SeededRandom random;
    sip::Stack stack;
    base::SocketAddress address;
    Nat* nat = nullptr;
    std::optional<base::TimePoint> stopped_until;
    std::deque<Datagram> waiting;  ///< datagrams in the socket's buffer while the process is stopped
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

  Node& add(const std::string& ip, const sip::StackOptions& options = {}) {
    const auto number = static_cast<std::uint32_t>(nodes_.size() + 1);
    nodes_.push_back(std::make_unique<Node>(number, random_.next_u64(), address(ip, 5060), options));
    return *nodes_.back();
  }
  /// Kills a process and starts it again: the process keeps its address and loses its state. `node` is invalid afterwards.
  Node& restart(Node& node) {
    for (auto& mine : nodes_) {
      if (mine.get() != &node) continue;
      Nat* nat = mine->nat;
      const sip::StackOptions options = mine->options;
      mine = std::make_unique<Node>(1000 + ++restarts_, random_.next_u64(), mine->address, options);
      mine->nat = nat;
      return *mine;
    }
    return node;
  }
  /// Stops a process for this time, as when a machine sleeps. Its clock continues.
  void stop(Node& node, base::Duration how_long) {
    node.stopped_until = now_ + how_long;
    at(*node.stopped_until, [] {});
  }
  static constexpr std::size_t kSocketBuffer = 64;  ///< datagrams that wait for a stopped process; later ones are lost
  /// Another participant with an address. The network sends the datagrams that it returns.
  using Box = std::function<std::vector<Datagram>(const Datagram& received)>;
  void add_box(const base::SocketAddress& where, Box box) { boxes_.emplace_back(where, std::move(box)); }
  void put_behind(Node& node, Nat& nat) {
    node.nat = &nat;
    if (std::find(nats_.begin(), nats_.end(), &nat) == nats_.end()) nats_.push_back(&nat);
  }
  /// Runs `what` at `time`.
  void at(base::TimePoint time, std::function<void()> what) { alarms_.emplace(time, std::move(what)); }
  /// Receives the events of all nodes. If the function is empty, the events wait in `Node::events`.
  std::function<void(Node&, sip::Event)> on_event;
  void set_weather(const Weather& weather) { weather_ = weather; }
  [[nodiscard]] const Weather& weather() const { return weather_; }
  /// Must return true if the network must drop datagrams from `from` to `to`. The network asks for each datagram when it arrives.
  std::function<bool(const base::SocketAddress& from, const base::SocketAddress& to)> is_parted;
  /// Returns a hash of all sent datagrams and their times. If two runs have the same hash, they had the same traffic.
  [[nodiscard]] std::uint64_t traffic() const { return traffic_; }
  /// Returns the number of sent messages by method or status.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& sent() const { return sent_; }
  /// Receives each message as one line.
  std::function<void(const std::string&)> trace;
  [[nodiscard]] bool was_consistent() const { return consistent_; }
  [[nodiscard]] base::TimePoint now() const { return now_; }

  void run_for(base::Duration by) {
    const auto until = now_ + by;
    drain();
    while (const auto next = next_event()) {
      if (*next > until) break;
      now_ = std::max(now_, *next);
      wake();
      deliver();
      while (!alarms_.empty() && alarms_.begin()->first <= now_) alarms_.extract(alarms_.begin()).mapped()();
      for (auto& node : nodes_) {
        if (!node->stopped_until) on_time(*node);
      }
      drain();
    }
    now_ = until;
  }
  [[nodiscard]] bool quiet() const { return !next_event(); }

 private:
  [[nodiscard]] std::optional<base::TimePoint> next_event() const {
    std::optional<base::TimePoint> first;
    if (!flying_.empty()) first = flying_.begin()->first;
    if (!alarms_.empty() && (!first || alarms_.begin()->first < *first)) first = alarms_.begin()->first;
    for (const auto& node : nodes_) {
      if (node->stopped_until) continue;  // An alarm of stop() wakes this node.
      if (const auto due = node->stack.next_deadline(); due && (!first || *due < *first)) first = due;
    }
    return first;
  }
  void on_time(Node& node) {
    if (const auto due = node.stack.next_deadline(); due && *due <= now_) node.stack.handle_timeout(now_);
  }
  /// Wakes the stopped processes whose time is over. Each handles its timers or its waiting datagrams first, at random, as a real process may.
  void wake() {
    for (auto& node : nodes_) {
      if (!node->stopped_until || *node->stopped_until > now_) continue;
      node->stopped_until.reset();
      if (random_.below(2) == 0) on_time(*node);
      for (; !node->waiting.empty(); node->waiting.pop_front()) receive(*node, node->waiting.front());
    }
  }
  void receive(Node& node, const Datagram& packet) {
    const sip::Flow flow{{1}, sip::Transport::Udp, packet.to, packet.from};
    node.stack.receive(flow, base::Bytes(reinterpret_cast<const std::uint8_t*>(packet.bytes.data()), packet.bytes.size()), now_);
  }
  void deliver() {
    while (!flying_.empty() && flying_.begin()->first <= now_) {
      Datagram packet = std::move(flying_.extract(flying_.begin()).mapped());
      if (weather_.is_cut || (is_parted && is_parted(packet.from, packet.to))) continue;
      for (Nat* nat : nats_) {
        if (packet.to.ip != nat->outside()) continue;
        if (const auto inside = nat->inwards(packet, now_)) packet.to = *inside;
      }
      for (auto& [where, box] : boxes_) {
        if (where != packet.to) continue;
        for (auto& answer : box(packet)) fly(std::move(answer));
      }
      for (auto& node : nodes_) {
        if (node->address != packet.to) continue;
        if (!node->stopped_until)
          receive(*node, packet);
        else if (node->waiting.size() < kSocketBuffer)
          node->waiting.push_back(packet);
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
        while (auto sent = node->stack.poll_transmit()) {
          Datagram packet{node->address, sent->flow.remote, std::move(sent->bytes)};
          if (node->nat != nullptr) packet.from = node->nat->outwards(packet, now_);
          fly(std::move(packet));
        }
        while (auto event = node->stack.poll_event()) {
          if (on_event)
            on_event(*node, std::move(*event));
          else
            node->events.push_back(std::move(*event));
          again = true;
        }
      }
      consistent_ = consistent_ && node->stack.is_consistent();
    }
  }
  void fly(Datagram packet) {
    note(packet);
    if (random_.below(100) < weather_.loss_percent) return;
    if (weather_.duplicate_percent > 0 && random_.below(100) < weather_.duplicate_percent) flying_.emplace(arrival(), packet);
    flying_.emplace(arrival(), std::move(packet));
  }
  void note(const Datagram& packet) {
    const auto add = [this](std::string_view bytes) {  // FNV-1a
      for (const char c : bytes) traffic_ = (traffic_ ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    };
    add(std::to_string(now_.time_since_epoch().count()));
    add(packet.to.to_string());
    add(packet.bytes);
    const std::string_view line = packet.bytes;
    const bool is_response = line.starts_with("SIP/2.0 ");
    ++sent_[std::string(is_response ? line.substr(8, 3) : line.substr(0, line.find(' ')))];
    if (trace)
      trace(std::to_string(std::chrono::duration<double>(now_.time_since_epoch()).count()) + " " + packet.from.to_string() +
            " -> " + packet.to.to_string() + " " + start_line(packet.bytes) + " | " +
            header(packet.bytes, "Call-ID").substr(0, 6) + " " + header(packet.bytes, "CSeq") + " | " + body(packet.bytes));
  }
  base::TimePoint arrival() {
    const auto extra = random_.below(static_cast<std::uint64_t>(weather_.jitter.count()) + 1);
    return now_ + weather_.delay + base::Duration(static_cast<base::Duration::rep>(extra));
  }

  base::SeededRandom random_;
  Weather weather_;
  base::TimePoint now_{1000s};
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::pair<base::SocketAddress, Box>> boxes_;
  std::vector<Nat*> nats_;
  std::uint32_t restarts_ = 0;
  bool consistent_ = true;
  std::uint64_t traffic_ = 0xcbf29ce484222325U;
  std::map<std::string, std::uint64_t> sent_;
  std::multimap<base::TimePoint, Datagram> flying_;
  std::multimap<base::TimePoint, std::function<void()>> alarms_;
};

}  // namespace offhook::sim
