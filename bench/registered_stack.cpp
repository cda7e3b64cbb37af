#include <offhook/bench/registered_stack.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace offhook::bench {

namespace {

sip::StackOptions options() {
  constexpr std::size_t kPlenty = 4'000'000;
  sip::StackOptions made;
  made.limits = {kPlenty, kPlenty, kPlenty, kPlenty};
  return made;
}

/// Returns the line of this header field with its line end, or "" if the message does not have the field.
std::string_view line(std::string_view message, std::string_view name) {
  const auto at = message.find(std::string("\r\n").append(name).append(": "));
  if (at == std::string_view::npos) return {};
  return message.substr(at + 2, message.find("\r\n", at + 2) - at);
}

}  // namespace

RegisteredStack::RegisteredStack(std::size_t accounts, bool quiet)
    : stack_(options(), random_),
      where_{*base::IpAddress::parse("192.0.2.1"), 5060},
      registrar_{*base::IpAddress::parse("192.0.2.2"), 5060} {
  for (std::size_t i = 0; i < accounts; ++i) {
    sip::AccountOptions account;
    account.address_of_record = "sip:" + std::to_string(100000 + i) + "@pbx.example";
    account.registrar = "sip:192.0.2.2";
    account.username = std::to_string(100000 + i);
    account.password = "secret";
    account.keep_alive = !quiet;
    account.expires = quiet ? std::chrono::hours(24) : std::chrono::minutes(5);
    (void)stack_.accounts().add(std::move(account), now_);
    exchange();
    pass(std::chrono::milliseconds(1));  // In reality, accounts do not register at the same instant.
  }
  if (accepted_ != accounts) throw std::runtime_error("not every account of sip.registrations was registered");
}

std::string RegisteredStack::answer(std::string_view request) {
  const bool proven = !line(request, "Authorization").empty();
  std::string text = proven ? "SIP/2.0 200 OK\r\n" : "SIP/2.0 401 Unauthorized\r\n";
  for (const std::string_view name : {"Via", "From", "Call-ID", "CSeq"}) text += line(request, name);
  const std::string_view to = line(request, "To");
  text.append(to.substr(0, to.size() - 2)).append(";tag=r\r\n");
  if (proven) {
    text += line(request, "Contact");  // This grants the expiry that the request asks for.
    ++accepted_;
  } else {
    text += "WWW-Authenticate: Digest realm=\"pbx.example\", nonce=\"5f3a9c0e77\", algorithm=MD5, qop=\"auth\"\r\n";
  }
  return text + "Content-Length: 0\r\n\r\n";
}

void RegisteredStack::exchange() {
  for (bool again = true; std::exchange(again, false);) {
    while (const auto query = stack_.poll_query()) {
      sip::Route route;
      route.local = where_;
      route.remote = registrar_;
      route.flow = {1};
      sip::QueryResult result;
      result.routes.push_back(std::move(route));
      stack_.on_answer(query->id, std::move(result), now_);
      again = true;
    }
    while (const auto sent = stack_.poll_transmit()) {
      if (!sent->bytes.starts_with("REGISTER ")) continue;
      const std::string text = answer(sent->bytes);
      sip::Flow flow;
      flow.id = {1};
      flow.local = where_;
      flow.remote = registrar_;
      stack_.receive(flow, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), now_);
      again = true;
    }
    while (stack_.poll_event()) {
    }
  }
}

void RegisteredStack::refresh() {
  for (const std::size_t before = accepted_; accepted_ == before;) {
    const auto due = stack_.next_deadline();
    if (!due) throw std::runtime_error("no further registration refresh is due");
    now_ = std::max(now_, *due);
    stack_.handle_timeout(now_);
    exchange();
  }
}

void RegisteredStack::refuse_stranger() {
  // A response must not be longer than the stranger's request. Without this offer, the INVITE would be shorter than any refusal.
  constexpr std::string_view kOffer =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.66\r\ns=-\r\nc=IN IP4 192.0.2.66\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 0\r\n";
  const std::string number = std::to_string(++strangers_);
  const std::string text = "INVITE sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bK-s" + number +
                           ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:x@192.0.2.66>;tag=" + number +
                           "\r\nTo: <sip:100@192.0.2.1>\r\nCall-ID: s" + number +
                           "\r\nCSeq: 1 INVITE\r\nContact: <sip:x@192.0.2.66>\r\nContent-Type: application/sdp\r\nContent-Length: " +
                           std::to_string(kOffer.size()) + "\r\n\r\n" + std::string(kOffer);
  sip::Flow flow;
  flow.id = {1};
  flow.local = where_;
  flow.remote = {*base::IpAddress::parse("192.0.2.66"), 5060};
  stack_.receive(flow, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), now_);
  const auto sent = stack_.poll_transmit();
  if (!sent || !(sent->bytes.starts_with("SIP/2.0 403") || sent->bytes.starts_with("SIP/2.0 503")))
    throw std::runtime_error("the stack did not refuse a stranger's INVITE with 403 or 503");
  while (stack_.poll_event()) {
  }
}

void RegisteredStack::pass(base::Duration time) {
  const base::TimePoint until = now_ + time;
  for (auto due = stack_.next_deadline(); due && *due <= until; due = stack_.next_deadline()) {
    now_ = std::max(now_, *due);
    stack_.handle_timeout(now_);
    exchange();
  }
  now_ = until;
}

}  // namespace offhook::bench
