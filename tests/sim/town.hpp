#pragma once

#include <offhook/tests/sim/network.hpp>
#include <offhook/tests/sim/proxy.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Two telephones that call each other, and what can come between them.
namespace offhook::sim {

enum class Trouble { None, Loss, Restart, Cut, Nat, ForgetfulNat };

inline std::string to_string(Trouble trouble) {
  switch (trouble) {
    case Trouble::None:
      return "no trouble";
    case Trouble::Loss:
      return "loss";
    case Trouble::Restart:
      return "a restart";
    case Trouble::Cut:
      return "a cut line";
    case Trouble::Nat:
      return "a NAT";
    case Trouble::ForgetfulNat:
      return "a NAT that forgets";
  }
  return "";
}

/// One call, as both sides saw it.
struct SimCall {
  std::string call_id;
  std::optional<sip::CallEnded> caller_end, called_end;
  bool offered = false;  ///< its INVITE came through
  unsigned ends_told = 0;
  bool caller_acted = false, called_acted = false;  ///< that side hung up or refused
  bool caller_lost = false, called_lost = false;    ///< that side was restarted meanwhile
};

/// Each world is drawn from its seed: how the calls go, when, and what befalls them. Whoever is left alone in a call hangs up
/// after a while, as an agent does that hears nothing any more.
class Town {
 public:
  Town(std::uint64_t seed, Trouble trouble, unsigned calls)
      : random_(seed), trouble_(trouble), network_(random_.next_u64(), weather()) {
    network_.on_event = [this](Network::Node& node, sip::Event event) { on_event(side_of(node), std::move(event)); };
    settle_in();
    calls_.resize(calls);
    for (std::size_t i = 0; i < calls; ++i) plan(i, 5s + random_time(30s));
    if (trouble == Trouble::Restart) in(6s + random_time(30s), [this] { restart(random_.below(2)); });
    if (trouble == Trouble::Cut) in(6s + random_time(30s), [this] { network_.set_weather({.is_cut = true}); });
    // Nobody talks for ever: the duration limit, or the silence of a dead line.
    in(100s, [this] { hang_up_all(); });
    // Those that were still ringing then, or were offered late by a repeated INVITE.
    in(400s, [this] { hang_up_all(); });
    network_.run_for(500s);
    unregister();
    network_.run_for(600s);
  }

  [[nodiscard]] const std::vector<SimCall>& calls() const { return calls_; }
  [[nodiscard]] unsigned ended_by_timers() const { return by_timers_; }
  [[nodiscard]] unsigned offered() const { return offered_; }
  /// Who ended calls, and why: "1/0" is By::Remote, Why::Bye.
  [[nodiscard]] const std::map<std::string, unsigned>& ends() const { return ends_; }

  /// What is wrong with this world; "" when all is as it should be.
  [[nodiscard]] std::string complaint() {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (std::string wrong = complaint_about(calls_[i]); !wrong.empty()) return "call " + std::to_string(i) + ": " + wrong;
    }
    if (unknown_ends_ > 0) return "an end was told of a call that nobody began";
    if (!network_.quiet()) return "a timer or a datagram is left";
    for (const Side& side : sides_) {
      if (side.node->stack.sessions() != 0) return "a session is left";
      if (side.node->stack.legs() != 0) return "a leg is left";
      if (!side.live.empty()) return "a call has no end";
      if (side.registered) return "a registration is left";
    }
    return {};
  }

 private:
  struct Role {
    std::size_t call = 0;
    bool is_caller = false;
  };
  struct Side {
    Network::Node* node = nullptr;
    sip::AccountId account;
    std::string uri;
    bool registered = false;
    std::map<sip::SessionId, Role> live;
    unsigned life = 0;
  };

  [[nodiscard]] bool has_nat() const { return trouble_ == Trouble::Nat || trouble_ == Trouble::ForgetfulNat; }

  Weather weather() {
    Weather weather{.loss_percent = 0, .delay = 1ms + random_time(80ms), .jitter = {}};
    if (trouble_ == Trouble::None) return weather;
    weather.loss_percent = static_cast<unsigned>(random_.below(21));
    weather.jitter = random_time(300ms);
    weather.duplicate_percent = static_cast<unsigned>(random_.below(11));
    return weather;
  }
  base::Duration random_time(base::Duration most) {
    return base::Duration(static_cast<base::Duration::rep>(random_.below(static_cast<std::uint64_t>(most.count()) + 1)));
  }
  void in(base::Duration delay, std::function<void()> what) { network_.at(network_.now() + delay, std::move(what)); }

  void settle_in() {
    sides_[0].node = &network_.add("192.0.2.1");
    sides_[1].node = &network_.add(has_nat() ? "10.0.0.2" : "192.0.2.2");
    sides_[0].uri = "sip:ann@192.0.2.1";
    sides_[1].uri = has_nat() ? "sip:bob@192.0.2.100" : "sip:bob@192.0.2.2";
    if (has_nat()) {
      // A port that lives for longer than a registration is refreshed by it; one that does not is lost between two calls.
      nat_ = std::make_unique<Nat>(*base::IpAddress::parse("198.51.100.7"), trouble_ == Trouble::Nat ? 90s : 15s);
      network_.put_behind(*sides_[1].node, *nat_);
      network_.add_box(address("192.0.2.100", 5060), [proxy = std::make_shared<Proxy>(address("192.0.2.100", 5060), 60)](
                                                         const Datagram& received) { return (*proxy)(received); });
    }
    open_account(0);
    open_account(1);
  }

  void open_account(std::size_t s) {
    Side& side = sides_[s];
    sip::AccountOptions options;
    options.address_of_record = side.uri;
    options.registrar = has_nat() ? "sip:192.0.2.100" : sides_[1 - s].uri;
    options.registers = has_nat() && s == 1;
    side.account = side.node->stack.add_account(options, network_.now());
  }

  void unregister() {
    if (has_nat()) sides_[1].node->stack.unregister(sides_[1].account, network_.now());
  }

  std::size_t side_of(const Network::Node& node) const { return &node == sides_[0].node ? 0 : 1; }

  void plan(std::size_t i, base::Duration when) {
    const std::size_t s = random_.below(2);
    in(when, [this, i, s] { dial(i, s); });
  }

  void dial(std::size_t i, std::size_t s) {
    Side& side = sides_[s];
    sip::CallOptions options;
    options.account = side.account;
    options.target = sides_[1 - s].uri;
    options.offer = {"application/sdp", "offer"};
    options.through_registrar = has_nat();
    const auto session = side.node->stack.call(options, network_.now());
    if (!session) return;
    calls_[i].call_id = side.node->stack.leg_name(*session).call_id;
    side.live[*session] = {i, true};
    misbehave(s, *session);
    // Every fifth caller does not wait for long.
    hang_up_in(s, *session, random_.below(5) == 0 ? random_time(4s) : 4s + random_time(60s));
  }

  /// Commands on a session at some time, if it is still there and its telephone was not restarted.
  void later(std::size_t s, base::Duration delay, std::function<void(sip::Stack&)> what) {
    in(delay, [this, s, life = sides_[s].life, what = std::move(what)] {
      if (sides_[s].life == life) what(sides_[s].node->stack);
    });
  }
  void hang_up_in(std::size_t s, sip::SessionId session, base::Duration delay) {
    later(s, delay, [this, s, session](sip::Stack&) { hang_up(s, session); });
  }
  void hang_up(std::size_t s, sip::SessionId session) {
    if (sides_[s].node->stack.hang_up(session, network_.now())) acted(s, session);
  }
  void acted(std::size_t s, sip::SessionId session) {
    const auto role = sides_[s].live.find(session);
    if (role == sides_[s].live.end()) return;
    SimCall& call = calls_[role->second.call];
    (role->second.is_caller ? call.caller_acted : call.called_acted) = true;
  }
  /// Offers of its own, in the middle of the call or before there is one.
  void misbehave(std::size_t s, sip::SessionId session) {
    for (auto n = random_.below(3); n > 0; --n) {
      later(s, random_time(40s), [this, session](sip::Stack& stack) {
        (void)stack.offer(session, {"application/sdp", "offer"}, network_.now());
      });
    }
  }

  void on_incoming(std::size_t s, const sip::IncomingCall& event) {
    Side& side = sides_[s];
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i].call_id != event.call_id) continue;
      side.live[event.session] = {i, false};
      if (!calls_[i].offered) ++offered_;
      calls_[i].offered = true;
    }
    const auto session = event.session;
    const auto now = [this] { return network_.now(); };
    if (random_.below(4) != 0)
      later(s, random_time(500ms), [session, now](sip::Stack& stack) { (void)stack.ring(session, now()); });
    misbehave(s, session);
    const auto decides = random_time(6s);
    switch (random_.below(8)) {
      case 0:
        return later(s, decides, [this, s, session](sip::Stack& stack) {
          if (stack.reject(session, 486, {}, network_.now())) acted(s, session);
        });
      case 1:
        return;  // Nobody is at home.
      default:
        break;
    }
    later(s, decides, [session, now](sip::Stack& stack) { (void)stack.answer(session, {"application/sdp", "answer"}, now()); });
    if (random_.below(2) == 0) hang_up_in(s, session, decides + random_time(40s));
  }

  void on_event(std::size_t s, sip::Event event) {
    Side& side = sides_[s];
    if (const auto* incoming = std::get_if<sip::IncomingCall>(&event)) return on_incoming(s, *incoming);
    if (const auto* ended = std::get_if<sip::CallEnded>(&event)) return on_ended(side, *ended);
    if (const auto* changed = std::get_if<sip::RegistrationChanged>(&event)) {
      side.registered = changed->state == sip::RegistrationChanged::State::Registered;
    } else if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) {
      const auto session = offer->session;
      const bool accepts = random_.below(4) != 0;
      later(s, random_time(300ms), [this, session, accepts](sip::Stack& stack) {
        if (accepts)
          (void)stack.accept_offer(session, {"application/sdp", "answer"}, network_.now());
        else
          (void)stack.refuse_offer(session, 488, network_.now());
      });
    }
  }

  void on_ended(Side& side, const sip::CallEnded& ended) {
    const auto role = side.live.find(ended.session);
    if (role == side.live.end()) {
      ++unknown_ends_;
      return;
    }
    SimCall& call = calls_[role->second.call];
    ++call.ends_told;
    ++ends_[std::to_string(static_cast<int>(ended.by)) + "/" + std::to_string(static_cast<int>(ended.why))];
    (role->second.is_caller ? call.caller_end : call.called_end) = ended;
    if (ended.by == sip::CallEnded::By::Network) ++by_timers_;
    side.live.erase(role);
  }

  void restart(std::size_t s) {
    Side& side = sides_[s];
    for (const auto& [session, role] : side.live)
      (role.is_caller ? calls_[role.call].caller_lost : calls_[role.call].called_lost) = true;
    side.live.clear();
    side.registered = false;
    ++side.life;
    side.node = &network_.restart(*side.node);
    open_account(s);
  }

  void hang_up_all() {
    for (std::size_t s = 0; s < 2; ++s) {
      const auto live = sides_[s].live;
      for (const auto& [session, role] : live) hang_up(s, session);
    }
  }

  [[nodiscard]] std::string complaint_about(const SimCall& call) const {
    if (call.call_id.empty()) return {};
    if (!call.caller_end && !call.caller_lost) return "the caller was told no end";
    if (call.offered && !call.called_end && !call.called_lost) return "the called side was told no end";
    const bool retold = call.called_lost || call.caller_lost;  // A repeated INVITE is a new call for who remembers nothing.
    if (!retold && call.ends_told != (call.offered ? 2U : 1U)) return "an end was told twice";
    if (!call.caller_end || !call.called_end || retold) return {};
    return disagreement(call);
  }

  /// Both sides must tell the same story: one says "I", the other "they"; or both at once. A side that heard nothing any more
  /// says that the network did it, which may be only where the network does such things.
  [[nodiscard]] std::string disagreement(const SimCall& call) const {
    const sip::CallEnded &caller = *call.caller_end, &called = *call.called_end;
    using By = sip::CallEnded::By;
    using Why = sip::CallEnded::Why;
    const auto story = [](const sip::CallEnded& end) {
      return std::to_string(static_cast<int>(end.by)) + "/" + std::to_string(static_cast<int>(end.why)) + "/" +
             std::to_string(end.status) + " " + end.reason;
    };
    const std::string both = "caller " + story(caller) + ", called " + story(called);
    if ((caller.by == By::Local && !call.caller_acted) || (called.by == By::Local && !call.called_acted))
      return "one says that it did what it did not: " + both;
    if (caller.by == By::Remote && called.by == By::Remote) return "both say that it was the other: " + both;
    const bool by_network = caller.by == By::Network || called.by == By::Network;
    const bool rang_out = caller.why == Why::NoAnswer;  // The caller gives up after 3 minutes, whatever the network.
    if (by_network && trouble_ == Trouble::None && !rang_out) return "the network did nothing, and is blamed: " + both;
    if (caller.why == Why::Rejected && called.why == Why::Rejected && caller.by == By::Remote && caller.status != called.status)
      return "another status: " + both;
    return {};
  }

  base::SeededRandom random_;
  Trouble trouble_;
  Network network_;
  std::unique_ptr<Nat> nat_;
  Side sides_[2];
  std::vector<SimCall> calls_;
  std::map<std::string, unsigned> ends_;
  unsigned unknown_ends_ = 0, by_timers_ = 0, offered_ = 0;
};

}  // namespace offhook::sim
