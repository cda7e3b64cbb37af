#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/subscription/actions.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// A machine of sip/subscription in virtual time. The test plays the owner and the peer of the machine.
namespace offhook::sip::subscription::test {

using namespace std::chrono_literals;
using Changed = SubscriptionChanged;
using Is = SubscriptionChanged::State;

inline Message parsed(const std::string& text) {
  auto message = parse_message(Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  INFO(text);
  REQUIRE(message.has_value());
  return std::move(*message);
}

inline std::string field(const HeaderList& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

/// Collects the actions of a machine by kind, in order.
struct Owner {
  base::TimePoint now{1000s};
  Actions out;
  std::deque<Send> sent;
  std::deque<Respond> answers;
  std::deque<Changed> changes;
  std::deque<Notified> notified;

  void collect() {
    for (Action& action : std::exchange(out, {})) {
      if (auto* send = std::get_if<Send>(&action)) sent.push_back(std::move(*send));
      if (auto* answer = std::get_if<Respond>(&action)) answers.push_back(std::move(*answer));
      if (auto* emit = std::get_if<Emit>(&action)) {
        if (auto* changed = std::get_if<Changed>(&emit->event)) changes.push_back(std::move(*changed));
        if (auto* told = std::get_if<Notified>(&emit->event)) notified.push_back(std::move(*told));
      }
    }
  }
  template <class Machine>
  void advance(Machine& machine, base::Duration by) {
    const auto until = now + by;
    while (const auto due = machine.next_deadline()) {
      if (*due > until) break;
      now = std::max(now, *due);
      machine.on_time(now, out);
      collect();
      REQUIRE(machine.is_consistent());
      REQUIRE((!machine.next_deadline() || *machine.next_deadline() > now));
    }
    now = until;
  }
  template <class T>
  static std::optional<T> take(std::deque<T>& queue) {
    if (queue.empty()) return std::nullopt;
    std::optional<T> first(std::move(queue.front()));
    queue.pop_front();
    return first;
  }
  /// Takes the oldest response and returns its status, or 0 if there is no response.
  int answered() {
    const auto answer = take(answers);
    return answer ? answer->status : 0;
  }
};

/// Returns a response to a request that the machine sent.
inline std::string response(const RequestHead& sent, int status, std::string_view method, std::string_view lines,
                            std::string_view to_tag) {
  const std::string to = sent.to.find(";tag=") == std::string::npos ? sent.to + ";tag=" + std::string(to_tag) : sent.to;
  return "SIP/2.0 " + std::to_string(status) + " Phrase\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: " + sent.from +
         "\r\nTo: " + to + "\r\nCall-ID: " + sent.call_id + "\r\nCSeq: " + std::to_string(sent.cseq) + " " +
         std::string(method) + "\r\n" + std::string(lines) + "Content-Length: 0\r\n\r\n";
}

}  // namespace offhook::sip::subscription::test
