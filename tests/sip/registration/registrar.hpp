#pragma once

#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/model/host_port.hpp>
#include <offhook/sip/registration/binding.hpp>
#include <offhook/sip/registration/registration.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::sip::registration::test {

using namespace std::chrono_literals;
using State = Registration::State;
using Failure = Registration::Failure;

inline base::SocketAddress at(std::string_view ip, std::uint16_t port) {
  return {*base::IpAddress::parse(ip), port};
}

/// One account in virtual time, with its owner. The tests write the registrar's responses.
struct Account {
  explicit Account(std::uint64_t seed = 1, Options options = {.registrar = "sip:pbx.example", .user = "6001"})
      : random(seed), machine(std::move(options), digest, random) {}

  struct Sent {
    SendRegister action;
    std::string contact;
    base::Duration time;
  };

  void start() {
    machine.start(now, out);
    collect();
  }
  void stop() {
    machine.stop(now, out);
    collect();
  }
  void refresh() {
    machine.refresh(out);
    collect();
  }
  void lose_flow() {
    machine.on_flow_lost(now, out);
    collect();
  }
  void fail(Failure failure) {
    machine.on_failure(failure, now, out);
    collect();
  }
  /// Responds to the last REGISTER. `via` is appended to the Via, for example ";received=192.0.2.1;rport=5060".
  void respond(int status, std::string_view lines = "", std::string_view via = ";rport") {
    respond_to(sent.back().action.cseq, status, lines, via);
  }
  void respond_to(std::uint32_t cseq, int status, std::string_view lines = "", std::string_view via = ";rport") {
    const std::string text = "SIP/2.0 " + std::to_string(status) + " Phrase\r\nVia: SIP/2.0/UDP " + host_port(local) +
                             ";branch=z9hG4bK1" + std::string(via) + "\r\nFrom: <sip:6001@pbx.example>;tag=1\r\n" +
                             "To: <sip:6001@pbx.example>;tag=2\r\nCall-ID: " + call_id() + "\r\nCSeq: " + std::to_string(cseq) +
                             " REGISTER\r\n" + std::string(lines) + "Content-Length: 0\r\n\r\n";
    const auto message = parse_message(Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    INFO(text);
    REQUIRE(message.has_value());
    if (own_end) machine.on_connected(*own_end);
    machine.on_response(*message, now, out);
    collect();
  }
  /// Responds with a 200 that has the last Contact.
  void accept(int expires = 300, std::string_view via = ";rport") {
    respond(200, "Contact: <" + machine.contact() + ">;expires=" + std::to_string(expires) + "\r\n", via);
  }
  void register_for(int expires) {
    start();
    accept(expires);
    REQUIRE(machine.state() == State::Registered);
  }
  /// Advances the clock up to `time`, and runs the machine exactly at each of its deadlines.
  void advance(base::Duration time) {
    const auto end = now + time;
    while (const auto due = machine.next_deadline()) {
      if (*due > end) break;
      REQUIRE(*due >= now);
      now = *due;
      machine.on_time(now, out);
      collect();
    }
    now = end;
  }
  /// Advances the clock to the next REGISTER. Returns by how much.
  base::Duration advance_to_next() {
    const auto before = now;
    const auto count = sent.size();
    REQUIRE(machine.next_deadline().has_value());
    now = *machine.next_deadline();
    machine.on_time(now, out);
    collect();
    REQUIRE(sent.size() == count + 1);
    return now - before;
  }

  [[nodiscard]] const std::string& call_id() const { return sent.back().action.call_id; }
  [[nodiscard]] const Sent& last() const { return sent.back(); }
  template <class What>
  [[nodiscard]] std::vector<What> all() const {
    std::vector<What> found;
    for (const Action& action : actions) {
      if (const auto* one = std::get_if<What>(&action)) found.push_back(*one);
    }
    return found;
  }
  template <class What>
  [[nodiscard]] What last_of() const {
    REQUIRE_FALSE(all<What>().empty());
    return all<What>().back();
  }

  base::TimePoint now{1h};
  Transport transport = Transport::Udp;
  base::SocketAddress local = at("192.0.2.1", 5060);
  std::optional<base::SocketAddress> own_end;  // the local address of the connection, if the account uses one
  bool routes = true;  // false: the owner finds no route, and the test reports the failure
  base::SeededRandom random;
  DigestClient digest{Credentials{"6001", "s3cret"}};
  Registration machine;
  std::vector<Sent> sent;
  Actions actions;
  Actions out;

 private:
  void collect() {
    REQUIRE(machine.is_consistent());
    for (Action& action : std::exchange(out, {})) {
      actions.push_back(action);
      if (auto* send = std::get_if<SendRegister>(&action)) {
        std::string contact = routes ? machine.on_route(transport, local) : "";
        sent.push_back({*send, std::move(contact), now.time_since_epoch() - 1h});
      }
    }
  }
};

inline std::string www(std::string_view nonce, std::string_view more = "") {
  return "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"" + std::string(nonce) + "\", qop=\"auth\"" + std::string(more) +
         "\r\n";
}

}  // namespace offhook::sip::registration::test
