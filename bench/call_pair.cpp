#include <offhook/bench/call_pair.hpp>

#include <algorithm>
#include <stdexcept>

namespace offhook::bench {

namespace {

/// Returns a session description with this version. The version must change, because a peer ignores a description that it already knows.
sip::Body description(std::uint64_t version) {
  constexpr const char* kRest =
      " IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 9 8 0 101\r\na=rtpmap:9 G722/8000\r\n"
      "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
      "a=sendrecv\r\n";
  return {"application/sdp", "v=0\r\no=- 4711 " + std::to_string(version) + kRest};
}

sip::StackOptions options(std::uint32_t number) {
  constexpr std::size_t kPlenty = 4'000'000;
  constexpr std::uint32_t kUnbounded = 1'000'000'000;
  sip::StackOptions made;
  made.number = number;
  made.limits = {kPlenty, kPlenty, kPlenty, kPlenty};
  made.admission.peers = {{*base::IpAddress::parse("192.0.2.0"), 24}};
  made.admission.peer = {kUnbounded, kUnbounded};  // The pair's clock stands still during a call, so the limiter must refuse no packet.
  return made;
}

void must(bool done) {
  if (!done) throw std::runtime_error("a stack refused an operation of the measurement sip.call.core");
}

}  // namespace

CallPair::Side::Side(std::uint32_t number, base::SocketAddress address, base::SocketAddress other)
    : random(number), stack(options(number), random), where(address) {
  sip::AccountOptions account_options;
  account_options.address_of_record = "sip:" + std::to_string(1000 + number) + "@" + where.ip.to_string();
  account_options.registrar = "sip:" + other.ip.to_string();
  account_options.registers = false;
  account = stack.accounts().add(account_options, base::TimePoint(std::chrono::seconds(1000)));
}

CallPair::CallPair()
    : caller_(1, {*base::IpAddress::parse("192.0.2.1"), 5060}, {*base::IpAddress::parse("192.0.2.2"), 5060}),
      called_(2, {*base::IpAddress::parse("192.0.2.2"), 5060}, {*base::IpAddress::parse("192.0.2.1"), 5060}) {}

bool CallPair::drain(Side& from, Side& to) {
  bool any = false;
  while (const auto query = from.stack.poll_query()) {
    sip::Route route;
    route.local = from.where;
    route.remote = {*base::IpAddress::parse(query->host), query->port.value_or(5060)};
    route.flow = {1};
    sip::QueryResult result;
    result.routes.push_back(std::move(route));
    from.stack.on_answer(query->id, std::move(result), now_);
    any = true;
  }
  while (const auto sent = from.stack.poll_transmit()) {
    sip::Flow flow;
    flow.id = {1};
    flow.local = to.where;
    flow.remote = from.where;
    to.stack.receive(flow, base::Bytes(reinterpret_cast<const std::uint8_t*>(sent->bytes.data()), sent->bytes.size()), now_);
    any = true;
  }
  while (auto event = from.stack.poll_event()) from.events.push_back(std::move(*event));
  return any;
}

void CallPair::exchange() {
  while (drain(caller_, called_) || drain(called_, caller_)) {
  }
}

template <class E>
E CallPair::take(Side& side) {
  for (auto& event : side.events) {
    if (auto* wanted = std::get_if<E>(&event)) {
      E taken = std::move(*wanted);
      side.events.clear();
      return taken;
    }
  }
  throw std::runtime_error("a call of the measurement sip.call.core was not established");
}

std::pair<sip::SessionId, sip::SessionId> CallPair::call() {
  sip::CallOptions options;
  options.account = caller_.account;
  options.target = "sip:1002@192.0.2.2";
  options.offer = description(1);
  const auto session = caller_.stack.calls().call(std::move(options), now_);
  must(session.has_value());
  exchange();
  const sip::SessionId called = take<sip::IncomingCall>(called_).session;
  must(called_.stack.calls().ring(called, now_).has_value());
  exchange();
  must(called_.stack.calls().answer(called, description(1), now_).has_value());
  exchange();
  (void)take<sip::CallAnswered>(caller_);
  (void)take<sip::CallConfirmed>(called_);
  return {*session, called};
}

void CallPair::complete_call() {
  const auto [session, called] = call();
  must(caller_.stack.calls().hang_up(session, now_).has_value());
  exchange();
  (void)take<sip::CallEnded>(called_);
  caller_.events.clear();
}

void CallPair::add_dialog() {
  up_.push_back(call().first);
}

void CallPair::offer_anew() {
  const sip::SessionId session = up_[random_.below(up_.size())];
  must(caller_.stack.calls().offer(session, description(++versions_), now_).has_value());
  exchange();
  const auto offered = take<sip::OfferReceived>(called_);
  must(called_.stack.calls().accept_offer(offered.session, description(versions_), now_).has_value());
  exchange();
  (void)take<sip::OfferAnswered>(caller_);
  called_.events.clear();
}

void CallPair::pass(base::Duration time) {
  const base::TimePoint until = now_ + time;
  while (true) {
    const auto mine = caller_.stack.next_deadline(), theirs = called_.stack.next_deadline();
    if ((!mine || *mine > until) && (!theirs || *theirs > until)) break;
    now_ = std::max(now_, std::min(mine.value_or(until), theirs.value_or(until)));
    caller_.stack.handle_timeout(now_);
    called_.stack.handle_timeout(now_);
    exchange();
  }
  now_ = until;
}

}  // namespace offhook::bench
