#pragma once

#include <offhook/tests/sim/forking_proxy.hpp>
#include <offhook/tests/sim/ledger.hpp>
#include <offhook/tests/sim/network.hpp>
#include <offhook/tests/sim/telephone.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace offhook::sim {

/// The combination of features in one world.
struct Crossing {
  bool forks = false;     ///< Ann's call to Bo rings two telephones, and both may answer
  sip::Reliability reliability = sip::Reliability::Supported;
  bool late_offer = false;
  enum class Transfer : std::uint8_t { None, Blind, Attended } transfer = Transfer::None;
  bool storm = false;

  /// Returns the combination number `seed` modulo 72.
  static Crossing of(std::uint64_t seed) {
    const auto digit = [&seed](std::uint64_t base) { return std::exchange(seed, seed / base) % base; };
    Crossing all;
    all.forks = digit(2) == 1;
    all.reliability = static_cast<sip::Reliability>(digit(3));
    all.transfer = static_cast<Transfer>(digit(3));
    all.late_offer = digit(2) == 1;
    all.storm = digit(2) == 1;
    return all;
  }
  static constexpr std::uint64_t kAll = 72;
};

/// Ann calls Bo, who may have two telephones, and transfers him to Cy. Before and after the answer, each telephone changes its media at full seconds,
/// by re-INVITE and by UPDATE. Therefore offers of both sides cross at every stage of a call, even during the transfer.
class Crossroads {
 public:
  Crossroads(std::uint64_t seed, Crossing crossing)
      : crossing_(crossing), random_(seed), network_(seed, crossing.storm ? kStorm : Weather{}) {
    if (std::getenv("OFFHOOK_SIM_TRACE") != nullptr)
      network_.trace = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
    network_.on_event = [this](Network::Node& node, sip::Event event) { on_event(at(node), std::move(event)); };
    settle_in();
    dial(phones_[0], 0, "sip:bo@192.0.2.100", {});
    if (crossing_.transfer == Crossing::Transfer::Attended)
      in(12s, [this] { dial(phones_[0], 1, "sip:cy@192.0.2.4", {}); });
    if (crossing_.transfer != Crossing::Transfer::None) in(25s, [this] { hand_on(); });
    for (const auto when : {70s, 400s, 700s}) in(when, [this] { hang_up_all(); });
    network_.run_for(1200s);
  }
  Crossroads(const Crossroads&) = delete;
  Crossroads& operator=(const Crossroads&) = delete;

  [[nodiscard]] const Happenings& happenings() const { return happenings_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& sent() const { return network_.sent(); }
  [[nodiscard]] std::uint64_t traffic() const { return network_.traffic(); }

  /// Returns the first problem in this world, or "" if there is none.
  [[nodiscard]] std::string complaint() {
    if (!wrong_.empty()) return wrong_;
    if (!network_.was_consistent()) return "a stack was in an inconsistent state";
    if (std::string wrong = ledger_.complaint({crossing_.storm, false, true}); !wrong.empty()) return wrong;
    if (!network_.quiet()) return "at the end a timer still runs, or a datagram is still under way";
    for (Telephone& phone : phones_) {
      if (phone.stack().sizes() != sip::StackSizes{}) return "at the end a stack still has a transaction, a route, a leg or other state";
      if (!phone.live.empty()) return "at the end a telephone still has a call without CallEnded";
    }
    return {};
  }

 private:
  using Part = Telephone::Part;
  static constexpr std::size_t kAnn = 0, kCy = 3;

  void in(base::Duration delay, std::function<void()> what) { network_.at(network_.now() + delay, std::move(what)); }
  void happened(const std::string& what) { ++happenings_[what]; }
  void wrong(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }
  Telephone& at(const Network::Node& node) {
    return *std::find_if(phones_.begin(), phones_.end(), [&](const Telephone& phone) { return phone.node == &node; });
  }
  std::size_t index(const Telephone& phone) const { return static_cast<std::size_t>(&phone - phones_.data()); }
  CallPart& of(const Part& part) {
    SimCall& call = ledger_[part.call];
    return part.is_caller ? call.caller : call.called[part.called];
  }

  void settle_in() {
    constexpr const char* kNames[] = {"ann", "bo", "bo", "cy"};
    for (std::size_t i = 0; i < phones_.size(); ++i) {
      Telephone& phone = phones_[i];
      const std::string ip = "192.0.2." + std::to_string(i + 1);
      phone.network = &network_;
      phone.random = &random_;
      phone.happenings = &happenings_;
      phone.node = &network_.add(ip);
      sip::AccountOptions options;
      options.address_of_record = "sip:" + std::string(kNames[i]) + "@" + ip;
      options.registrar = "sip:" + ip;
      options.registers = false;
      options.reliability = crossing_.reliability;
      phone.account = phone.stack().accounts().add(options, network_.now());
    }
    const base::SocketAddress proxy = address("192.0.2.100", 5060);
    std::vector targets{phones_[1].node->address};
    if (crossing_.forks) targets.push_back(phones_[2].node->address);
    network_.add_box(proxy, [fork = std::make_shared<ForkingProxy>(proxy, std::move(targets))](const Datagram& received) {
      return (*fork)(received);
    });
  }

  void dial(Telephone& phone, std::size_t call, const std::string& target, sip::CallOptions options) {
    options.account = phone.account;
    options.target = target;
    options.through_registrar = false;
    if (!crossing_.late_offer) options.offer = phone.new_offer();
    const sip::Body offer = options.offer;
    const auto session = phone.stack().calls().call(std::move(options), network_.now());
    if (!session) return;  // This was a call for a transfer, and the call that requested the transfer has ended meanwhile.
    happened("calls");
    ledger_[call].call_id = phone.stack().calls().leg_name(*session).call_id;
    ledger_[call].caller.telephone = index(phone);
    Part& part = phone.live[*session];
    part = {call, 0, true, offer.empty(), {}, {}};
    if (!offer.empty()) part.offers.insert(offer.data);
    change_media(phone, *session);
  }

  /// Schedules offers at full seconds. All telephones do so, therefore their offers cross.
  void change_media(Telephone& phone, sip::SessionId session) {
    for (const int second : {1, 2, 3, 5, 8, 20, 25, 26, 27, 30}) {
      if (random_.below(2) == 0) continue;
      const base::Duration past = network_.now().time_since_epoch() % base::Duration(1s);
      const bool update = random_.below(3) != 0;
      phone.later_in(session, base::Duration(std::chrono::seconds(second)) - past, [this, &phone, session, update](Part& part) {
        const bool before = !of(part).answered;
        const auto sofar = happenings_["offers by UPDATE"];
        if (update) phone.update(session, part);
        if (!update) phone.offer(session, part);
        if (before && happenings_["offers by UPDATE"] != sofar) happened("offers before the answer");
      });
    }
  }

  void hand_on() {
    std::optional<sip::SessionId> with_bo, with_cy;
    for (const auto& [session, part] : phones_[kAnn].live) (part.call == 0 ? with_bo : with_cy) = session;
    if (!with_bo) return;
    sip::ReferOptions options;
    options.target = with_cy ? "" : "sip:cy@192.0.2.4";
    if (with_cy) options.replaces = with_cy;
    if (phones_[kAnn].stack().transfers().refer(*with_bo, std::move(options), network_.now())) happened("transfers");
  }

  void hang_up_all() {
    for (Telephone& phone : phones_) {
      const auto live = phone.live;
      for (const auto& [session, part] : live) hang_up(phone, session, part);
    }
  }
  void hang_up(Telephone& phone, sip::SessionId session, const Part& part) {
    CallPart& mine = of(part);
    if (phone.stack().calls().hang_up(session, network_.now())) mine.acted = true;
  }

  // --- events of a stack --------------------------------------------------------------------------------------------------

  void on_event(Telephone& phone, sip::Event event) {
    if (const auto* incoming = std::get_if<sip::IncomingCall>(&event)) return on_incoming(phone, *incoming);
    if (const auto* ended = std::get_if<sip::CallEnded>(&event)) return on_ended(phone, *ended);
    if (const auto* asked = std::get_if<sip::TransferRequested>(&event)) return on_transfer(phone, *asked);
    if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) return on_offer(phone, *offer);
    if (const auto* answered = std::get_if<sip::CallAnswered>(&event)) return on_answered(phone, *answered);
    if (const auto* confirmed = std::get_if<sip::CallConfirmed>(&event)) {
      if (Part* part = phone.part(confirmed->session)) of(*part).answered = true;
      check_answer(phone, confirmed->session, confirmed->body);
    } else if (const auto* done = std::get_if<sip::OfferAnswered>(&event)) {
      happened("answered offers");
      check_answer(phone, done->session, done->answer);
    } else if (std::holds_alternative<sip::OfferRefused>(event)) {
      happened("refused offers");
    } else if (const auto* progress = std::get_if<sip::TransferProgress>(&event)) {
      happened("transfers that ended with " + std::to_string(progress->status));
      if (progress->status != 200) return;
      if (Part* part = phone.part(progress->session)) hang_up(phone, progress->session, *part);
    }
  }

  void on_incoming(Telephone& phone, const sip::IncomingCall& event) {
    SimCall* call = ledger_.find(event.call_id);
    if (call == nullptr) return wrong("an incoming call has a Call-ID that no caller used");
    CallPart mine;
    mine.telephone = index(phone);
    call->called.push_back(std::move(mine));
    const auto session = event.session;
    Part& part = phone.live[session];
    part = {static_cast<std::size_t>(call - &ledger_[0]), call->called.size() - 1, false, false, {}, {}};
    const bool late = event.offer.empty();
    const sip::Body description = late ? phone.new_offer() : Telephone::answer_to(event.offer);
    if (late) part.offers.insert(description.data);
    phone.later_in(session, random_time(random_, 400ms),
                   [&phone, session, description](Part&) { (void)phone.stack().calls().progress(session, description, phone.now()); });
    change_media(phone, session);
    const auto decides = 500ms + random_time(random_, 5s);
    if (crossing_.forks && index(phone) == 2 && random_.below(2) == 0) {  // This telephone rings for longer than the other one, and then refuses.
      phone.later_in(session, 8s, [this, &phone, session](Part& its) {
        CallPart& refused = of(its);
        if (phone.stack().calls().reject(session, 486, {}, network_.now())) refused.acted = true;
      });
      return;
    }
    phone.later_in(session, decides, [&phone, session, description](Part&) {
      (void)phone.stack().calls().answer(session, description, phone.now());
    });
  }

  void on_answered(Telephone& phone, const sip::CallAnswered& answer) {
    Part* part = phone.part(answer.session);
    if (part == nullptr) return wrong("CallAnswered came for a call that has ended");
    if (std::exchange(of(*part).answered, true)) wrong("CallAnswered came twice for one call");
    happened("answered");
    if (!answer.is_offer) return check_answer(phone, answer.session, part->owes_answer ? sip::Body{} : answer.body);
    const sip::Body body = Telephone::answer_to(answer.body);
    phone.later_in(answer.session, random_time(random_, 200ms), [&phone, session = answer.session, body](Part&) {
      (void)phone.stack().calls().accept_offer(session, body, phone.now());
    });
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
    const sip::Body body = offer.offer.empty() ? phone.new_offer() : Telephone::answer_to(offer.offer);
    part->offers.insert(body.data);
    // A caller whose INVITE had no offer can refuse the other side's offer only by ending the call.
    const bool accepts = part->owes_answer || random_.below(5) != 0;
    phone.later_in(offer.session, random_time(random_, 200ms),
                   [this, &phone, session = offer.session, tag = offer.branch_tag, body, accepts](Part&) {
                     if (accepts) (void)phone.stack().calls().accept_offer(session, body, network_.now(), tag);
                     if (!accepts) (void)phone.stack().calls().refuse_offer(session, 488, network_.now(), tag);
                   });
  }

  void on_transfer(Telephone& phone, const sip::TransferRequested& asked) {
    if (random_.below(5) == 0) return (void)phone.stack().transfers().decline(asked.session, 603, network_.now());
    if (!phone.stack().transfers().accept(asked.session, network_.now())) return;
    sip::CallOptions options;
    options.for_transfer = asked.session;
    options.replaces = asked.replaces;
    dial(phone, 2, asked.target, std::move(options));
  }

  void on_ended(Telephone& phone, sip::CallEnded ended) {
    const auto part = phone.live.find(ended.session);
    if (part == phone.live.end()) return wrong("CallEnded came for an unknown call, or for the second time");
    CallPart& mine = of(part->second);
    ++mine.ends_told;
    if (ended.why == sip::CallEnded::Why::Replaced) {  // This telephone's own stack ended the call when another call replaced it.
      happened("replaced calls");
      ended.by = sip::CallEnded::By::Local;
      ended.why = sip::CallEnded::Why::Bye;
      mine.acted = true;
    }
    // The caller has accepted the answer of the other telephone, and answers 481 to an offer of this telephone.
    const bool gone = ended.why == sip::CallEnded::Why::SessionLost;
    if (crossing_.forks && gone && !mine.answered && !part->second.is_caller) ended.by = sip::CallEnded::By::Remote;
    mine.end = ended;
    phone.live.erase(part);
  }

  Crossing crossing_;
  base::SeededRandom random_;
  Network network_;
  std::array<Telephone, 4> phones_;
  Ledger ledger_{3};  // Ann to Bo, Ann to Cy, Bo to Cy
  Happenings happenings_;
  std::string wrong_;
};

}  // namespace offhook::sim
