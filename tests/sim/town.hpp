#pragma once

#include <offhook/tests/sim/forking_proxy.hpp>
#include <offhook/tests/sim/ledger.hpp>
#include <offhook/tests/sim/network.hpp>
#include <offhook/tests/sim/proxy.hpp>
#include <offhook/tests/sim/telephone.hpp>
#include <offhook/tests/sim/trouble.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::sim {

/// A world of telephones that call each other, with disturbances between them. The seed determines the calls, their times, and the disturbances. Each
/// side hangs up after a while, even if the other side has gone, as an agent does when it receives no audio.
class Town {
 public:
  Town(std::uint64_t seed, Trouble kind, unsigned calls)
      : random_(seed), troubles_(kind, random_), network_(random_.next_u64(), troubles_.weather(random_)), ledger_(calls) {
    if (std::getenv("OFFHOOK_SIM_TRACE") != nullptr)
      network_.trace = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
    network_.on_event = [this](Network::Node& node, sip::Event event) { on_event(at(node), std::move(event)); };
    settle_in();
    for (std::size_t i = 0; i < calls; ++i) plan(i, 5s + some(30s));
    befall();
    // After this time, every call ends, as a duration limit or the silence of a cut network would end it. One town in four has long calls.
    talk_ = random_.below(4) == 0 ? 900s : 60s;
    in(talk_ + 40s, [this] { hang_up_all(); });
    // Ends later calls: calls that were still ringing, calls of a repeated INVITE, and calls of a process that was stopped.
    in(over_ + 400s, [this] { hang_up_all(); });
    in(over_ + talk_ + 400s, [this] { hang_up_all(); });
    network_.run_for(over_ + talk_ + 500s);
    for (Telephone& phone : phones_) {
      if (phone.registered) phone.stack().accounts().unregister(phone.account, network_.now());
    }
    network_.run_for(600s);
    lived_ = over_ + talk_ + 1100s;
  }
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  [[nodiscard]] const Happenings& happenings() const { return happenings_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& sent() const { return network_.sent(); }
  [[nodiscard]] std::uint64_t traffic() const { return network_.traffic(); }
  [[nodiscard]] base::Duration lived() const { return lived_; }

  /// Returns the first problem in this world, or "" if there is none.
  [[nodiscard]] std::string complaint() {
    if (!wrong_.empty()) return wrong_;
    if (!network_.was_consistent()) return "a stack was in an inconsistent state";
    if (std::string wrong = ledger_.complaint({troubles_.any(), troubles_.restart || troubles_.stopped, troubles_.fork});
        !wrong.empty())
      return wrong;
    if (!network_.quiet()) return "at the end a timer still runs, or a datagram is still under way";
    for (Telephone& phone : phones_) {
      if (phone.stack().calls().size() != 0) return "at the end a stack still has a session";
      if (phone.stack().sizes() != sip::StackSizes{}) return "at the end a stack still has a transaction, a route, a leg or other state";
      if (!phone.live.empty()) return "at the end a telephone still has a call without CallEnded";
      if (phone.registered) return "at the end an account is still registered";
    }
    return {};
  }

 private:
  using Part = Telephone::Part;

  base::Duration some(base::Duration most) { return random_time(random_, most); }
  void in(base::Duration delay, std::function<void()> what) { network_.at(network_.now() + delay, std::move(what)); }
  void wrong(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }

  // --- telephones and disturbances -----------------------------------------------------------------------------------------

  void settle_in() {
    phones_.resize(troubles_.fork ? 3 : 2);
    const base::SocketAddress proxy = address("192.0.2.100", 5060);
    const bool through_proxy = troubles_.fork || troubles_.nat;
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      Telephone& phone = phones_[i];
      phone.network = &network_;
      phone.random = &random_;
      phone.happenings = &happenings_;
      phone.node = &network_.add(troubles_.nat && i == 1 ? "10.0.0.2" : "192.0.2." + std::to_string(i + 1));
      phone.uri = i == 0 ? "sip:ann@192.0.2.1" : through_proxy ? "sip:bob@192.0.2.100" : "sip:bob@192.0.2.2";
      phone.other = i == 0 ? (through_proxy ? "sip:bob@192.0.2.100" : "sip:bob@192.0.2.2") : "sip:ann@192.0.2.1";
    }
    if (troubles_.fork) {
      network_.add_box(
          proxy, [fork = std::make_shared<ForkingProxy>(proxy, std::vector{phones_[1].node->address, phones_[2].node->address})](
                     const Datagram& received) { return (*fork)(received); });
    } else if (troubles_.nat) {
      // If the NAT keeps a port for longer than the interval between two REGISTERs, the registration keeps the port open. Otherwise the port closes
      // between two calls.
      nat_ = std::make_unique<Nat>(*base::IpAddress::parse("198.51.100.7"), troubles_.nat_memory);
      network_.put_behind(*phones_[1].node, *nat_);
      network_.add_box(proxy, [box = std::make_shared<Proxy>(proxy, 60)](const Datagram& received) { return (*box)(received); });
    }
    for (Telephone& phone : phones_) open_account(phone);
  }

  void open_account(Telephone& phone) {
    using Use = sip::SessionTimerOptions::Use;
    constexpr Use kUses[] = {Use::Off, Use::Accept, Use::Ask, Use::Ask};
    sip::AccountOptions options;
    options.address_of_record = phone.uri;
    options.registrar = troubles_.nat ? "sip:192.0.2.100" : "sip:" + phone.other.substr(phone.other.find('@') + 1);
    options.registers = troubles_.nat && &phone == &phones_[1];
    const auto seconds = [this](unsigned most) { return std::chrono::seconds(random_.below(most)); };
    const auto least = 90s + (random_.below(4) == 0 ? seconds(60) : 0s);
    options.session_timer = {kUses[random_.below(4)], least + seconds(200), least};
    phone.account = phone.stack().accounts().add(options, network_.now());
  }

  void befall() {
    const auto once = [&] { return 6s + some(30s); };
    if (troubles_.restart) in(once(), [this, i = random_.below(phones_.size())] { restart(phones_[i]); });
    if (troubles_.stopped) {
      constexpr base::Duration kHowLong[] = {2s, 40s, 600s, 14400s};
      const base::Duration how_long = 1s + some(kHowLong[random_.below(4)]);
      in(once(), [this, how_long, i = random_.below(phones_.size())] { network_.stop(*phones_[i].node, how_long); });
      over_ = std::max(over_, 36s + how_long);
    }
    if (troubles_.cut) in(once(), [this] { network_.set_weather({.is_cut = true}); });
    if (!troubles_.partition) return;
    const base::Duration how_long = some(random_.below(2) == 0 ? 20s : 250s);
    in(once(), [this, how_long, which = random_.below(3)] {
      network_.is_parted = [this, which](const base::SocketAddress& from, const base::SocketAddress& to) {
        return (which != 0 && from == phones_[0].node->address) || (which != 1 && to == phones_[0].node->address);
      };
      in(how_long, [this] { network_.is_parted = nullptr; });
    });
    over_ = std::max(over_, 36s + how_long);
  }

  void restart(Telephone& phone) {
    for (const auto& [session, part] : phone.live) of(part).lost = true;
    phone.live.clear();
    phone.registered = false;
    ++phone.life;
    phone.node = &network_.restart(*phone.node);
    open_account(phone);
  }

  // --- calls -------------------------------------------------------------------------------------------------------------

  Telephone& at(const Network::Node& node) {
    return *std::find_if(phones_.begin(), phones_.end(), [&](const Telephone& phone) { return phone.node == &node; });
  }
  CallPart& of(const Part& part) {
    SimCall& call = ledger_[part.call];
    return part.is_caller ? call.caller : call.called[part.called];
  }

  void plan(std::size_t i, base::Duration when) {
    // Any telephone may call, including each of the two telephones that share a name.
    Telephone& phone = phones_[random_.below(phones_.size())];
    in(when, [this, i, &phone] { phone.later(0s, [this, i, &phone] { dial(i, phone); }); });
  }

  void dial(std::size_t i, Telephone& phone) {
    sip::CallOptions options;
    options.account = phone.account;
    options.target = phone.other;
    options.through_registrar = troubles_.nat;
    const bool offers = random_.below(5) != 0;
    if (offers) options.offer = phone.new_offer();
    const sip::Body body = options.offer;
    const auto session = phone.stack().calls().call(std::move(options), network_.now());
    if (!session) return wrong("the caller's own stack refused a call");
    happened("calls");
    ledger_[i].call_id = phone.stack().calls().leg_name(*session).call_id;
    ledger_[i].caller.telephone = index(phone);
    Part& part = phone.live[*session];
    part = {i, 0, true, !offers, {}, {}};
    if (offers) part.offers.insert(body.data);
    take_up_habits(phone, *session);
    // Every fifth caller hangs up early.
    hang_up_in(phone, *session, random_.below(5) == 0 ? some(4s) : 4s + some(talk_));
  }
  void happened(const std::string& what) { ++happenings_[what]; }
  std::size_t index(const Telephone& phone) const { return static_cast<std::size_t>(&phone - phones_.data()); }

  void hang_up_in(Telephone& phone, sip::SessionId session, base::Duration delay) {
    phone.later_in(session, delay, [this, &phone, session](Part& part) { hang_up(phone, session, part); });
  }
  void hang_up(Telephone& phone, sip::SessionId session, const Part& part) {
    CallPart& mine = of(part);
    if (phone.stack().calls().hang_up(session, network_.now())) mine.acted = true;
  }
  void hang_up_all() {
    for (Telephone& phone : phones_) {
      phone.later(0s, [this, &phone] {
        const auto live = phone.live;
        for (const auto& [session, part] : live) hang_up(phone, session, part);
      });
    }
  }

  void on_incoming(Telephone& phone, const sip::IncomingCall& event) {
    SimCall* call = ledger_.find(event.call_id);
    if (call == nullptr) return wrong("an incoming call has a Call-ID that no caller used");
    if (call->called.empty()) happened("came through");
    for (const CallPart& part : call->called) {
      if (part.telephone == index(phone) && !part.end && !part.lost) wrong("an incoming call came to a telephone that already has this call");
    }
    CallPart mine;
    mine.telephone = index(phone);
    call->called.push_back(std::move(mine));
    const auto session = event.session;
    Part& part = phone.live[session];
    part = {static_cast<std::size_t>(call - &ledger_[0]), call->called.size() - 1, false, false, {}, {}};
    take_up_habits(phone, session);
    const bool late = event.offer.empty();
    const sip::Body description = late ? phone.new_offer() : Telephone::answer_to(event.offer);
    if (late) part.offers.insert(description.data);
    if (random_.below(4) != 0)
      phone.later_in(session, some(500ms), [this, &phone, session](Part&) { (void)phone.stack().calls().ring(session, network_.now()); });
    for (auto n = random_.below(3); n > 0; --n) {
      phone.later_in(session, some(3s), [this, &phone, session, description](Part&) {
        if (phone.stack().calls().progress(session, description, network_.now())) happened("early media");
      });
    }
    decide(phone, session, description);
  }
  void decide(Telephone& phone, sip::SessionId session, const sip::Body& description) {
    const auto decides = some(6s);
    switch (random_.below(8)) {
      case 0:
        return phone.later_in(session, decides, [this, &phone, session](Part& part) {
          CallPart& mine = of(part);
          if (phone.stack().calls().reject(session, 486, {}, network_.now())) mine.acted = true;
        });
      case 1:
        return;  // The telephone neither answers nor refuses.
      default:
        break;
    }
    phone.later_in(session, decides, [this, &phone, session, description](Part&) {
      (void)phone.stack().calls().answer(session, description, network_.now());
    });
    if (random_.below(2) == 0) hang_up_in(phone, session, decides + some(talk_ * 2 / 3));
  }

  // --- events of a stack --------------------------------------------------------------------------------------------------

  void on_event(Telephone& phone, sip::Event event) {
    if (const auto* incoming = std::get_if<sip::IncomingCall>(&event)) return on_incoming(phone, *incoming);
    if (const auto* ended = std::get_if<sip::CallEnded>(&event)) return on_ended(phone, *ended);
    if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) return on_offer(phone, *offer);
    if (const auto* answer = std::get_if<sip::CallAnswered>(&event)) return on_answered(phone, *answer);
    if (const auto* answer = std::get_if<sip::CallConfirmed>(&event)) {
      if (Part* part = phone.part(answer->session)) of(*part).answered = true;
      check_answer(phone, answer->session, answer->body);
    } else if (const auto* answered = std::get_if<sip::OfferAnswered>(&event)) {
      happened("answered offers");
      check_answer(phone, answered->session, answered->answer);
    } else if (std::holds_alternative<sip::OfferRefused>(event)) {
      happened("refused offers");
    } else if (const auto* asked = std::get_if<sip::TransferRequested>(&event)) {
      on_transfer(phone, asked->session);
    } else if (std::holds_alternative<sip::MidCallAnswered>(event)) {
      happened("answers in mid-call");
    } else if (std::holds_alternative<sip::TransferProgress>(event)) {
      happened("ends of transfers");
    } else if (const auto* changed = std::get_if<sip::RegistrationChanged>(&event)) {
      phone.registered = changed->state == sip::RegistrationChanged::State::Registered;
    }
  }

  void on_answered(Telephone& phone, const sip::CallAnswered& answer) {
    Part* part = phone.part(answer.session);
    if (part == nullptr) return wrong("CallAnswered came for a call that has ended");
    if (of(*part).answered) wrong("CallAnswered came twice for one call");
    of(*part).answered = true;
    happened("answered");
    if (!part->owes_answer) return check_answer(phone, answer.session, answer.body);
    part->to_answer.clear();  // The offers of the fork's other branches are no longer valid.
    if (!answer.is_offer) return;
    part->to_answer.push_back(answer.body);
    answer_in_time(phone, answer.session, true);
  }
  /// Checks that `answer` belongs to an offer that this telephone made in this call.
  void check_answer(Telephone& phone, sip::SessionId session, const sip::Body& answer) {
    const Part* part = phone.part(session);
    constexpr std::string_view kTo = "answer to ";
    if (part == nullptr || answer.empty()) return;
    if (!answer.data.starts_with(kTo) || !part->offers.contains(answer.data.substr(kTo.size())))
      wrong("an answer came to an offer that the telephone did not make: " + answer.data);
  }

  void on_offer(Telephone& phone, const sip::OfferReceived& offer) {
    Part* part = phone.part(offer.session);
    if (part == nullptr) return wrong("OfferReceived came for a call that has ended");
    part->to_answer.push_back(offer.offer);
    answer_in_time(phone, offer.session, random_.below(4) != 0);
  }
  /// After a short time, answers or refuses the oldest unanswered offer of the call.
  void answer_in_time(Telephone& phone, sip::SessionId session, bool accepts) {
    phone.later_in(session, some(300ms), [this, &phone, session, accepts](Part& part) {
      if (part.to_answer.empty()) return;
      const sip::Body offer = std::move(part.to_answer.front());
      part.to_answer.pop_front();
      const sip::Body body = offer.empty() ? phone.new_offer() : Telephone::answer_to(offer);
      part.offers.insert(body.data);
      if (accepts) {
        if (phone.stack().calls().accept_offer(session, body, network_.now()) && part.owes_answer) happened("answers to a late offer");
      } else if (phone.stack().calls().refuse_offer(session, 488, network_.now()) && part.owes_answer) {
        of(part).acted = true;  // A caller whose INVITE had no offer can refuse the other side's offer only by ending the call.
      }
    });
  }

  /// Handles a request for a transfer in one of three ways: declines it, ignores it, or accepts it and reports success without making a call.
  void on_transfer(Telephone& phone, sip::SessionId session) {
    const auto answer = random_.below(4);
    phone.later_in(session, some(2s), [this, &phone, session, answer](Part&) {
      if (answer == 0) (void)phone.stack().transfers().decline(session, 603, network_.now());
      if (answer <= 1 || !phone.stack().transfers().accept(session, network_.now())) return;
      happened("accepted transfers");
      phone.later_in(session, some(5s),
                     [this, &phone, session](Part&) { (void)phone.stack().transfers().report(session, 200, network_.now()); });
    });
  }

  void on_ended(Telephone& phone, const sip::CallEnded& ended) {
    const auto part = phone.live.find(ended.session);
    if (part == phone.live.end()) return wrong("CallEnded came for an unknown call, or for the second time");
    CallPart& mine = of(part->second);
    ++mine.ends_told;
    mine.end = ended;
    // The values of By and Why: "1/0" is By::Remote, Why::Bye.
    happened("end " + std::to_string(static_cast<int>(ended.by)) + "/" + std::to_string(static_cast<int>(ended.why)));
    if (ended.by == sip::CallEnded::By::Network) happened("ends by timers");
    phone.live.erase(part);
  }

  base::SeededRandom random_;
  Troubles troubles_;
  Network network_;
  std::unique_ptr<Nat> nat_;
  std::vector<Telephone> phones_;
  Ledger ledger_;
  Happenings happenings_;
  std::string wrong_;
  base::Duration talk_{}, over_{}, lived_{};
};

}  // namespace offhook::sim
