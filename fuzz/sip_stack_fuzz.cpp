// Drives a whole stack with messages, steps of time, results of the resolver, failed flows, and all operations of a telephone.
//
// The input is a list of steps. Each step is a line `!verb argument` with the text up to the next line that starts with `!`. Text before the first
// step is a datagram. `$T`, `$B`, `$C` and `$R` in a message are replaced by the To tag, Via branch, Call-ID and RSeq that the stack sent last, so
// that an input can continue a dialog. Each letter of an argument selects an option.
#include "require.hpp"

#include <offhook/base/text.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using offhook::fuzz::require;

namespace {

using namespace offhook;
using namespace std::chrono_literals;

bool has(std::string_view letters, char letter) { return letters.find(letter) != std::string_view::npos; }

const sip::Body kBody{"application/sdp", "v=0"};
const char* const kDesk = "sip:desk@192.0.2.9";

class Driver {
 public:
  Driver() { add_account("a"); }

  void run(std::string_view input) {
    std::size_t steps = 0;
    while (!input.empty() && ++steps < 200) {
      const auto end = input.find("\n!", 1);
      step(input.substr(0, end));
      input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    }
    stack_.set_accepting(false);
    answers_ = true;
    // Releases every call. Checks that it ends, and that no state remains.
    for (const auto session : calls_) (void)stack_.calls().hang_up(session, now_);
    for (const auto subscription : subscriptions_) {
      (void)stack_.subscriptions().unsubscribe(subscription, now_);
      (void)stack_.subscriptions().end(subscription, sip::SubscriptionChanged::Why::NoResource, {}, now_);
    }
    for (const auto publication : publications_) (void)stack_.publications().remove(publication, now_);
    for (const auto account : accounts_) stack_.accounts().unregister(account, now_);
    drain();
    advance(300s);  // The stack reports on an accepted transfer for up to 180 s.
    require(stack_.calls().size() == 0 && stack_.subscriptions().size() == 0 && stack_.requests().size() == 0 && stack_.unfinished() == 0);
    require(!stack_.next_deadline());
    require(stack_.sizes() == sip::StackSizes{});
    require(!stack_.uses(flow_));
  }

 private:
  sip::SessionId session() const { return calls_.empty() ? sip::SessionId{} : calls_[chosen_ % calls_.size()]; }
  void add_call(sip::SessionId session) {
    calls_.push_back(session);
    chosen_ = calls_.size() - 1;
  }

  void step(std::string_view text) {
    if (!text.starts_with('!')) return receive(text);
    const auto line = text.substr(1, text.find('\n') - 1);
    const auto space = line.find(' ');
    const auto verb = base::trim(line.substr(0, space));
    const auto argument = space == std::string_view::npos ? std::string_view() : base::trim(line.substr(space + 1));
    if (verb == "receive") return receive(text.substr(std::min(text.size(), line.size() + 2)));
    outside_step(verb, argument);
    account_step(verb, argument);
    call_step(verb, argument);
    answer_step(verb, argument);
    offer_step(verb, argument);
    transfer_step(verb, argument);
    subscription_step(verb, argument);
    request_step(verb, argument);
    drain();
  }

  static std::uint32_t number(std::string_view text, std::uint32_t otherwise) {
    return base::parse_number<std::uint32_t>(text).value_or(otherwise);
  }

  /// Performs a step of the stack's environment.
  void outside_step(std::string_view verb, std::string_view argument) {
    if (verb == "wait") advance(std::chrono::milliseconds(std::min<std::uint32_t>(number(argument, 0), 200000)));
    if (verb == "broken") stack_.on_flow_failed(flow_, now_);
    if (verb == "unreachable") stack_.on_flow_failed(sent_along_, now_);
    if (verb == "tcp") flow_.transport = sip::Transport::Tcp;
    if (verb == "tls") flow_.transport = sip::Transport::Tls, flow_.name = argument;
    if (verb == "unresolved") resolves_ = false;
    if (verb == "servers") servers_ = std::min<std::uint32_t>(number(argument, 2), 4);
    if (verb == "slow") answers_ = false;
    if (verb == "resolved") answers_ = true;
    if (verb == "drained") stack_.set_accepting(argument == "no");
    if (verb == "choose") chosen_ = number(argument, 0);
  }

  void account_step(std::string_view verb, std::string_view argument) {
    if (verb == "account" && accounts_.size() < 4) add_account(argument);
    if (verb == "unregister") stack_.accounts().unregister(accounts_.back(), now_);
    if (verb == "register") stack_.accounts().refresh(accounts_.back(), now_);
  }

  void add_account(std::string_view letters) {
    sip::AccountOptions account;
    account.address_of_record = "sip:bot@pbx.example";
    account.registrar = "sip:192.0.2.9";
    account.username = "bot";
    account.password = "secret";
    if (has(letters, 'n')) account.registers = false;
    if (has(letters, 'a')) account.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
    if (has(letters, 't')) account.session_timer.use = sip::SessionTimerOptions::Use::Ask;
    if (has(letters, 'w')) account.takes_unsolicited_waiting = true;
    if (has(letters, 'r')) account.reliability = sip::Reliability::Required;
    if (has(letters, 'p')) account.info_packages = {"x-game"};
    if (has(letters, 'o')) account.outbound_proxy = "sip:192.0.2.10;lr";
    if (has(letters, 's')) account.secondaries = {"sip:192.0.2.11", "sip:192.0.2.12;transport=tcp"};
    if (has(letters, 'i')) account.instance = "urn:uuid:1";
    if (has(letters, 'f')) account.reg_id = 1;
    if (has(letters, 'u')) account.push = {"fcm", "x", ""};
    if (has(letters, 'k')) account.registers = false, account.trunk_addresses = {*base::IpAddress::parse("192.0.2.9")};
    if (has(letters, 'c')) account.registrar = "sip:192.0.2.9;transport=tcp";
    accounts_.push_back(stack_.accounts().add(account, now_));
    drain();
  }

  /// Performs a step of outgoing calls: `call TARGET`, `dial LETTERS` with other options, or `follow` for the target of a REFER.
  void call_step(std::string_view verb, std::string_view argument) {
    sip::CallOptions options;
    options.account = accounts_.back();
    options.target = kDesk;
    options.offer = kBody;
    if (verb == "call") {
      if (!argument.empty()) options.target = std::string(argument);
    } else if (verb == "follow" && asked_) {
      options.target = asked_->target;
      options.for_transfer = asked_->session;
      options.replaces = asked_->replaces;
      options.max_redirections = 2;
    } else if (verb == "dial") {
      if (has(argument, 'l')) options.offer = {};
      if (has(argument, 't')) options.session_timer = sip::SessionTimerOptions{sip::SessionTimerOptions::Use::Ask, 90s, 90s};
      if (has(argument, 'r')) options.reliability = sip::Reliability::Required;
      if (has(argument, 'o')) options.reliability = sip::Reliability::Off;
      if (has(argument, 's')) options.through_registrar = false;
      if (has(argument, 'a')) options.privacy.id = true;
      if (has(argument, 'm')) options.max_redirections = 5;
      if (has(argument, 'b')) options.offer.data.assign(1500, 'x');  // This body is too large for a datagram.
      if (has(argument, 'x')) options.replaces = sip::Replaces{"c1", "p", tag_, false};
      if (has(argument, 'h')) options.headers = {{"X-A", "1"}};
    } else {
      return;
    }
    if (calls_.size() >= 16) return;
    if (const auto made = stack_.calls().call(options, now_)) add_call(*made);
  }

  void answer_step(std::string_view verb, std::string_view argument) {
    const sip::Body body = argument.empty() ? kBody : sip::Body{};
    if (verb == "ring") (void)stack_.calls().ring(session(), now_);
    if (verb == "progress") (void)stack_.calls().progress(session(), body, now_);
    if (verb == "answer") (void)stack_.calls().answer(session(), body, now_, extras(argument));
    if (verb == "reject") (void)stack_.calls().reject(session(), static_cast<int>(number(argument, 486) % 1000), {}, now_);
    if (verb == "bye") (void)stack_.calls().hang_up(session(), now_, extras(argument));
  }

  static sip::Extras extras(std::string_view argument) {
    if (argument.empty()) return {};
    return {{{"X-A", std::string(argument)}}, sip::Reason{"SIP", 200, std::string(argument)}};
  }

  /// Performs a step within a session. For `update`, `accept` and `refuse`, `argument` names a branch of a fork.
  void offer_step(std::string_view verb, std::string_view argument) {
    if (verb == "offer") (void)stack_.calls().offer(session(), kBody, now_, extras(argument));
    if (verb == "update") (void)stack_.calls().update(session(), kBody, now_, extras(argument), argument);
    if (verb == "accept") (void)stack_.calls().accept_offer(session(), kBody, now_, argument);
    if (verb == "refuse") (void)stack_.calls().refuse_offer(session(), 488, now_, argument);
    if (verb == "info") (void)stack_.calls().info(session(), std::string(argument), kBody, now_);
    if (verb == "text") (void)stack_.calls().message(session(), {"text/plain", std::string(argument)}, now_);
    if (verb == "probe") (void)stack_.calls().probe(session(), now_);
  }

  void transfer_step(std::string_view verb, std::string_view argument) {
    if (verb == "refer") (void)stack_.transfers().refer(session(), {kDesk}, now_);
    if (verb == "attended") {
      sip::ReferOptions options;
      options.replaces = session();
      options.reports = argument.empty();
      (void)stack_.transfers().refer(calls_.empty() ? session() : calls_.front(), options, now_);
    }
    if (verb == "transfer") (void)stack_.transfers().accept(session(), now_);
    if (verb == "decline") (void)stack_.transfers().decline(session(), 603, now_);
    if (verb == "report") (void)stack_.transfers().report(session(), static_cast<int>(number(argument, 200) % 1000), now_);
  }

  void subscription_step(std::string_view verb, std::string_view argument) {
    const sip::SubscriptionId last = subscriptions_.empty() ? sip::SubscriptionId{} : subscriptions_.back();
    const sip::Body body{"text/plain", "state"};
    if (verb == "subscribe" && subscriptions_.size() < 16) {
      sip::subscription::SubscriberOptions what{.event = {argument.empty() ? "dialog" : std::string(argument)}};
      what.forks = true;
      if (const auto made = stack_.subscriptions().subscribe({accounts_.back(), kDesk, what}, now_)) subscriptions_.push_back(*made);
    }
    if (verb == "again") (void)stack_.subscriptions().refresh(last, now_);
    if (verb == "unsubscribe") (void)stack_.subscriptions().unsubscribe(last, now_);
    if (verb == "agree") (void)stack_.subscriptions().accept(last, body, now_);
    if (verb == "notify") (void)stack_.subscriptions().notify(last, body, now_);
    if (verb == "forsake") (void)stack_.subscriptions().end(last, sip::SubscriptionChanged::Why::Probation, 9s, now_);
  }

  void request_step(std::string_view verb, std::string_view argument) {
    const auto send = [&](sip::Method method, sip::Body body) {
      const std::string target(argument.empty() ? std::string_view(kDesk) : argument);
      (void)stack_.requests().send({accounts_.back(), method, target, {}, std::move(body)}, now_);
    };
    if (verb == "message") send(sip::Method::Message, {"text/plain", "state"});
    if (verb == "options") send(sip::Method::Options, {});
    if (verb == "publish") send(sip::Method::Publish, {"text/plain", "state"});
    if (verb == "outside") send(sip::Method::Info, kBody);
    const sip::PublicationId last = publications_.empty() ? sip::PublicationId{} : publications_.back();
    if (verb == "keep" && publications_.size() < 16) {
      const auto made = stack_.publications().publish({accounts_.back(), kDesk, std::string(argument), {"text/plain", "state"}}, now_);
      if (made) publications_.push_back(*made);
    }
    if (verb == "change") (void)stack_.publications().modify(last, {"text/plain", std::string(argument)}, now_);
    if (verb == "forget") (void)stack_.publications().remove(last, now_);
  }

  void receive(std::string_view text) {
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.substr(i, 2) == "$T") filled += tag_, ++i;
      else if (text.substr(i, 2) == "$B") filled += branch_, ++i;
      else if (text.substr(i, 2) == "$C") filled += call_id_, ++i;
      else if (text.substr(i, 2) == "$R") filled += rseq_, ++i;
      else filled += text[i];
    }
    const std::vector<std::uint8_t> exact(filled.begin(), filled.end());
    stack_.receive(flow_, exact, now_);
    drain();
  }

  void advance(base::Duration by) {
    const auto until = now_ + by;
    std::size_t wakes = 0;
    for (auto due = stack_.next_deadline(); due && *due <= until; due = stack_.next_deadline()) {
      require(++wakes < 100000);
      now_ = std::max(now_, *due);
      stack_.handle_timeout(now_);
      drain();
      const auto next = stack_.next_deadline();
      require(!next || *next > now_);
    }
    now_ = until;
  }

  void drain() {
    for (bool again = true; again;) {
      again = false;
      while (const auto sent = stack_.poll_transmit()) {
        sent_along_ = sent->flow;
        remember(sent->bytes);
      }
      while (const auto event = stack_.poll_event()) {
        if (const auto* call = std::get_if<sip::IncomingCall>(&*event)) add_call(call->session);
        if (const auto* asked = std::get_if<sip::SubscribeReceived>(&*event)) subscriptions_.push_back(asked->subscription);
        if (const auto* asked = std::get_if<sip::TransferRequested>(&*event)) asked_ = *asked;
      }
      while (const auto query = stack_.poll_query()) queries_.push_back(*query);
      while (const auto closed = stack_.poll_close()) {
        stack_.on_flow_failed(*closed, now_);
        again = true;
      }
      if (!answers_) continue;
      for (const sip::Query& query : std::exchange(queries_, {})) {
        stack_.on_answer(query.id, resolve(query), now_);
        again = true;
      }
    }
    require(stack_.is_consistent());
  }

  /// Returns the address itself, and as many further servers as the input has chosen.
  sip::QueryResult resolve(const sip::Query& query) const {
    sip::QueryResult result;
    const auto ip = base::IpAddress::parse(query.host);
    if (!resolves_ || !ip) return result;
    const auto transport = query.transport.value_or(query.secure ? sip::Transport::Tls : sip::Transport::Udp);
    for (std::uint16_t i = 0; i < servers_; ++i) {
      const auto port = static_cast<std::uint16_t>(query.port.value_or(5060) + i);
      result.routes.push_back({transport, flow_.local, {*ip, port}, {}});
    }
    return result;
  }

  void remember(const std::string& bytes) {
    const auto value = [&](std::string_view name, std::string_view mark) -> std::string {
      auto at = bytes.find(name);
      if (at == std::string::npos) return {};
      const auto end = bytes.find("\r\n", at + 2);  // `name` begins with a line end.
      at = bytes.find(mark, at);
      if (at == std::string::npos || at >= end) return {};
      at += mark.size();
      return bytes.substr(at, bytes.find_first_of(";\r", at) - at);
    };
    const bool response = bytes.starts_with("SIP/2.0");
    if (auto tag = value(response ? "\r\nTo: " : "\r\nFrom: ", ";tag="); !tag.empty()) tag_ = std::move(tag);
    if (!response) branch_ = value("\r\nVia: ", "branch=");
    call_id_ = value("\r\nCall-ID: ", ": ");
    if (auto rseq = value("\r\nRSeq: ", ": "); !rseq.empty()) rseq_ = std::move(rseq);
  }

  base::SeededRandom random_{7};
  static sip::StackOptions options() {
    sip::StackOptions made;
    made.admission.on = false;  // With the limiter, the stack would refuse most inputs.
    made.packages = {{"dialog", "", {}}};
    made.message_types = "text/plain";
    return made;
  }
  sip::Stack stack_{options(), random_};
  base::TimePoint now_{1000s};
  sip::Flow flow_{
      {1}, sip::Transport::Udp, {*base::IpAddress::parse("192.0.2.1"), 5060}, {*base::IpAddress::parse("192.0.2.9"), 5060}};
  sip::Flow sent_along_;
  std::vector<sip::AccountId> accounts_;
  std::vector<sip::SessionId> calls_;
  std::size_t chosen_ = 0;
  std::vector<sip::SubscriptionId> subscriptions_;
  std::vector<sip::PublicationId> publications_;
  std::vector<sip::Query> queries_;
  std::optional<sip::TransferRequested> asked_;
  bool resolves_ = true, answers_ = true;
  std::uint32_t servers_ = 1;
  std::string tag_, branch_, call_id_, rseq_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Driver driver;
  driver.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
