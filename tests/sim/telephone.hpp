#pragma once

#include <offhook/tests/sim/network.hpp>
#include <offhook/tests/sim/trouble.hpp>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace offhook::sim {

/// The number of events in a world, by the event's name. A test checks with these numbers that its worlds exercised a feature.
using Happenings = std::map<std::string, std::uint64_t>;

/// One telephone of a town: its stack and its calls.
struct Telephone {
  struct Part {  ///< what the telephone knows of one of its calls
    std::size_t call = 0;
    std::size_t called = 0;  ///< index in SimCall::called, unless is_caller
    bool is_caller = false;
    bool owes_answer = false;         ///< true if the telephone's own INVITE had no offer
    std::deque<sip::Body> to_answer;  ///< offers of the other side that the telephone has not answered yet
    std::set<std::string> offers;     ///< offers that the telephone made in this call
  };

  Network* network = nullptr;
  base::Random* random = nullptr;
  Happenings* happenings = nullptr;
  Network::Node* node = nullptr;
  sip::AccountId account;
  std::string uri, other;  ///< URI of this telephone, and the URI that it calls
  bool registered = false;
  unsigned life = 0;
  std::map<sip::SessionId, Part> live;

  [[nodiscard]] sip::Stack& stack() { return node->stack; }
  [[nodiscard]] base::TimePoint now() const { return network->now(); }
  [[nodiscard]] Part* part(sip::SessionId session) {
    const auto at = live.find(session);
    return at == live.end() ? nullptr : &at->second;
  }
  void happened(const std::string& what) { ++(*happenings)[what]; }

  /// Runs `what` after `delay`, unless the telephone is restarted before. If the process is stopped then, runs `what` when the process continues.
  void later(base::Duration delay, std::function<void()> what) {
    network->at(now() + delay, [this, began = life, what = std::move(what)] {
      if (life != began) return;
      if (node->stopped_until) return later(*node->stopped_until - now() + 1ms, what);
      what();
    });
  }
  void later_in(sip::SessionId session, base::Duration delay, std::function<void(Part&)> what) {
    later(delay, [this, session, what = std::move(what)] {
      if (Part* mine = part(session)) what(*mine);
    });
  }

  [[nodiscard]] sip::Body new_offer() { return {"application/sdp", "offer " + std::to_string(random->next_u32())}; }
  [[nodiscard]] static sip::Body answer_to(const sip::Body& offer) { return {"application/sdp", "answer to " + offer.data}; }
  void offer(sip::SessionId session, Part& mine) {
    const sip::Body body = new_offer();
    if (!stack().calls().offer(session, body, now())) return;
    mine.offers.insert(body.data);
    happened("offers in mid-call");
  }
  void update(sip::SessionId session, Part& mine) {
    const sip::Body body = new_offer();
    if (!stack().calls().update(session, body, now())) return;
    mine.offers.insert(body.data);
    happened("offers by UPDATE");
  }
};

/// An action that a telephone may take during a call. Add new features of the stack here: a name, the percentage of calls that use the feature, and a
/// function that schedules the action when the session exists. The action may happen in any state of the call: the stack refuses a command that the
/// state does not allow.
struct Habit {
  const char* name;
  unsigned percent;
  void (*take_up)(Telephone&, sip::SessionId);
};

inline constexpr Habit kHabits[] = {
    {"sends a new offer", 50,
     [](Telephone& phone, sip::SessionId session) {
       phone.later_in(session, random_time(*phone.random, 40s), [&phone, session](auto& mine) { phone.offer(session, mine); });
     }},
    {"sends an offer at full ten seconds, when the other telephone may do the same: glare", 30,
     [](Telephone& phone, sip::SessionId session) {
       const base::Duration past = phone.now().time_since_epoch() % base::Duration(10s);
       const auto turn = static_cast<int>(1 + phone.random->below(3));
       phone.later_in(session, turn * base::Duration(10s) - past, [&phone, session](auto& mine) { phone.offer(session, mine); });
     }},
    {"sends two offers, the second before the answer to the first", 10,
     [](Telephone& phone, sip::SessionId session) {
       phone.later_in(session, random_time(*phone.random, 30s), [&phone, session](auto& mine) {
         phone.offer(session, mine);
         phone.offer(session, mine);
       });
     }},
    {"sends an offer by UPDATE, before or after the answer to the call", 30,
     [](Telephone& phone, sip::SessionId session) {
       phone.later_in(session, random_time(*phone.random, 20s), [&phone, session](auto& mine) { phone.update(session, mine); });
     }},
    {"asks whether the other side is there", 15,
     [](Telephone& phone, sip::SessionId session) {
       phone.later_in(session, random_time(*phone.random, 40s), [&phone, session](auto&) {
         if (phone.stack().calls().probe(session, phone.now())) phone.happened("probes");
       });
     }},
    {"sends a key by INFO", 15,
     [](Telephone& phone, sip::SessionId session) {
       phone.later_in(session, random_time(*phone.random, 40s), [&phone, session](auto&) {
         if (phone.stack().calls().info(session, "", {"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"}, phone.now()))
           phone.happened("keys");
       });
     }},
    {"transfers the call to a third telephone", 15,
     [](Telephone& phone, sip::SessionId session) {
       phone.later_in(session, random_time(*phone.random, 30s), [&phone, session](auto&) {
         if (phone.stack().transfers().refer(session, {"sip:carol@192.0.2.50"}, phone.now())) phone.happened("transfers");
       });
     }},
};

inline void take_up_habits(Telephone& phone, sip::SessionId session) {
  for (const Habit& habit : kHabits) {
    if (phone.random->below(100) < habit.percent) habit.take_up(phone, session);
  }
}

}  // namespace offhook::sim
