// A whole stack, driven by the input: messages, steps of time, answers of the resolver, broken flows and commands of the phone.
//
// The input is a list of steps, each a line `!verb argument` and what follows it up to the next line that starts with `!`. Text
// in front of the first one is a datagram. `$T` and `$B` in a message stand for the To tag and the Via branch that the stack sent
// last, so that an input can speak within a dialog.
#include "require.hpp"

#include <offhook/base/text.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cassert>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using offhook::fuzz::require;

namespace {

using namespace offhook;
using namespace std::chrono_literals;

class Driver {
 public:
  Driver() {
    sip::AccountOptions account;
    account.address_of_record = "sip:bot@pbx.example";
    account.registrar = "sip:192.0.2.9";
    account.username = "bot";
    account.password = "secret";
    account_ = stack_.add_account(account, now_);
    drain();
  }

  void run(std::string_view input) {
    std::size_t steps = 0;
    while (!input.empty() && ++steps < 200) {
      const auto end = input.find("\n!", 1);
      step(input.substr(0, end));
      input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
    }
    stack_.set_accepting(false);
    // Whatever was said: every call that the phone lets go of ends, and nothing is left behind.
    for (const auto session : calls_) (void)stack_.hang_up(session, now_);
    for (const auto subscription : subscriptions_) {
      (void)stack_.unsubscribe(subscription, now_);
      (void)stack_.end_subscriber(subscription, sip::SubscriptionChanged::Why::NoResource, {}, now_);
    }
    stack_.unregister(account_, now_);
    drain();
    advance(300s);  // A transfer that was accepted may be reported on for 180 s.
    require(stack_.sessions() == 0 && stack_.subscriptions() == 0 && stack_.requests() == 0);
    require(!stack_.next_deadline());
  }

 private:
  void step(std::string_view text) {
    if (!text.starts_with('!')) return receive(text);
    const auto line = text.substr(1, text.find('\n') - 1);
    const auto space = line.find(' ');
    const auto verb = base::trim(line.substr(0, space));
    const auto argument = space == std::string_view::npos ? std::string_view() : base::trim(line.substr(space + 1));
    const sip::SessionId session = calls_.empty() ? sip::SessionId{} : calls_.back();
    const sip::Body body{"application/sdp", "v=0"};
    if (verb == "receive") return receive(text.substr(std::min(text.size(), line.size() + 2)));
    if (verb == "wait")
      advance(
          std::chrono::milliseconds(std::min<std::uint32_t>(base::parse_number<std::uint32_t>(argument).value_or(0), 200000)));
    if (verb == "ring") (void)stack_.ring(session, now_);
    if (verb == "progress") (void)stack_.progress(session, body, now_);
    if (verb == "answer") (void)stack_.answer(session, body, now_);
    if (verb == "reject") (void)stack_.reject(session, base::parse_number<int>(argument).value_or(486), {}, now_);
    if (verb == "bye") (void)stack_.hang_up(session, now_);
    if (verb == "offer") (void)stack_.offer(session, body, now_);
    if (verb == "accept") (void)stack_.accept_offer(session, body, now_);
    if (verb == "refuse") (void)stack_.refuse_offer(session, 488, now_);
    if (verb == "refer") (void)stack_.refer(session, "sip:desk@192.0.2.9", now_);
    subscription_step(verb, argument);
    if (verb == "attended") {
      sip::ReferOptions options;
      options.replaces = session;
      options.reports = argument.empty();
      (void)stack_.refer(calls_.empty() ? session : calls_.front(), options, now_);
    }
    if (verb == "transfer") (void)stack_.accept_transfer(session, now_);
    if (verb == "decline") (void)stack_.decline_transfer(session, 603, now_);
    if (verb == "report") (void)stack_.report_transfer(session, base::parse_number<int>(argument).value_or(200), now_);
    if (verb == "info") (void)stack_.send_info(session, std::string(argument), body, now_);
    if (verb == "text") (void)stack_.send_text(session, {"text/plain", std::string(argument)}, now_);
    if (verb == "probe") (void)stack_.probe(session, now_);
    if (verb == "follow" && asked_ && calls_.size() < 16) {
      sip::CallOptions options;
      options.account = account_;
      options.target = asked_->target;
      options.offer = body;
      options.for_transfer = asked_->session;
      options.replaces = asked_->replaces;
      options.max_redirections = 2;
      if (const auto made = stack_.call(options, now_)) calls_.push_back(*made);
    }
    if (verb == "broken") stack_.on_flow_failed(flow_, now_);
    if (verb == "tcp") flow_.transport = sip::Transport::Tcp;
    if (verb == "unresolved") resolves_ = false;
    if (verb == "call" && calls_.size() < 16) {
      sip::CallOptions options;
      options.account = account_;
      options.target = argument.empty() ? "sip:desk@192.0.2.9" : std::string(argument);
      options.offer = body;
      if (const auto made = stack_.call(options, now_)) calls_.push_back(*made);
    }
    drain();
  }

  void subscription_step(std::string_view verb, std::string_view argument) {
    const sip::SubscriptionId last = subscriptions_.empty() ? sip::SubscriptionId{} : subscriptions_.back();
    const sip::Body body{"text/plain", "state"};
    if (verb == "subscribe" && subscriptions_.size() < 16) {
      sip::subscription::SubscriberOptions what{.event = {argument.empty() ? "dialog" : std::string(argument)}};
      what.forks = true;
      if (const auto made = stack_.subscribe({account_, "sip:desk@192.0.2.9", what}, now_)) subscriptions_.push_back(*made);
    }
    if (verb == "again") (void)stack_.refresh_subscription(last, now_);
    if (verb == "unsubscribe") (void)stack_.unsubscribe(last, now_);
    if (verb == "agree") (void)stack_.accept_subscriber(last, body, now_);
    if (verb == "notify") (void)stack_.notify(last, body, now_);
    if (verb == "forsake") (void)stack_.end_subscriber(last, sip::SubscriptionChanged::Why::Probation, std::chrono::seconds(9), now_);
    if (verb == "message") (void)stack_.request({account_, sip::Method::Message, "sip:desk@192.0.2.9", {}, body}, now_);
  }

  void receive(std::string_view text) {
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.substr(i, 2) == "$T") filled += tag_, ++i;
      else if (text.substr(i, 2) == "$B") filled += branch_, ++i;
      else if (text.substr(i, 2) == "$C") filled += call_id_, ++i;
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
      while (const auto sent = stack_.poll_transmit()) remember(sent->bytes);
      while (const auto event = stack_.poll_event()) {
        if (const auto* call = std::get_if<sip::IncomingCall>(&*event)) calls_.push_back(call->session);
        if (const auto* asked = std::get_if<sip::SubscribeReceived>(&*event)) subscriptions_.push_back(asked->subscription);
        if (const auto* asked = std::get_if<sip::TransferRequested>(&*event)) asked_ = *asked;
      }
      while (const auto query = stack_.poll_query()) {
        sip::QueryResult result;
        const auto ip = base::IpAddress::parse(query->host);
        const auto transport = query->transport.value_or(sip::Transport::Udp);
        if (resolves_ && ip) result.routes.push_back({transport, flow_.local, {*ip, query->port.value_or(5060)}, {}});
        stack_.on_answer(query->id, result, now_);
        again = true;
      }
    }
    require(stack_.is_consistent());
  }

  void remember(const std::string& bytes) {
    const auto value = [&](std::string_view name, std::string_view mark) -> std::string {
      auto at = bytes.find(name);
      if (at == std::string::npos) return {};
      const auto end = bytes.find("\r\n", at);
      at = bytes.find(mark, at);
      if (at == std::string::npos || at >= end) return {};
      at += mark.size();
      return bytes.substr(at, bytes.find_first_of(";\r", at) - at);
    };
    const bool response = bytes.starts_with("SIP/2.0");
    if (auto tag = value(response ? "\r\nTo: " : "\r\nFrom: ", ";tag="); !tag.empty()) tag_ = std::move(tag);
    if (!response) branch_ = value("\r\nVia: ", "branch=");
    call_id_ = value("\r\nCall-ID: ", ": ");
  }

  base::SeededRandom random_{7};
  static sip::StackOptions options() {
    sip::StackOptions made;
    made.door.on = false;  // Else no input would come far.
    made.packages = {{"dialog", "", {}}};
    made.message_types = "text/plain";
    return made;
  }
  sip::Stack stack_{options(), random_};
  base::TimePoint now_{1000s};
  sip::Flow flow_{
      {1}, sip::Transport::Udp, {*base::IpAddress::parse("192.0.2.1"), 5060}, {*base::IpAddress::parse("192.0.2.9"), 5060}};
  sip::AccountId account_;
  std::vector<sip::SessionId> calls_;
  std::vector<sip::SubscriptionId> subscriptions_;
  std::optional<sip::TransferRequested> asked_;
  bool resolves_ = true;
  std::string tag_, branch_, call_id_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Driver driver;
  driver.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
