#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

/// A call before its 2xx, in either role, with reliable provisional responses.
namespace offhook::sim {

inline const Fields kSupports{{"Supported", "100rel, timer"}};
inline const Fields kRequires{{"Require", "100rel"}};
inline const Fields kUpdates{{"Allow", "INVITE, ACK, BYE, PRACK, UPDATE"}};
inline const sip::Body kEarly{"application/sdp", "early"}, kFine{"application/sdp", "fine"}, kNew{"application/sdp", "new"};

inline Fields with(Fields fields, const Fields& more) {
  fields.insert(fields.end(), more.begin(), more.end());
  return fields;
}
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct EarlyDialogs : Scripted {
  using Scripted::Scripted;
  sip::AccountId account;
  sip::SessionId session;
  std::string first, our_tag, rseq;
  std::string record_route;  // The value of the peer's Record-Route; "" if its responses have no Record-Route.

  // --- the agent calls
  void open() {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.username = "bot";
    options.password = "secret";
    options.registers = false;
    account = stack.accounts().add(options, now);
  }
  void dial(const std::string& offer = "offer") {
    open();
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    if (!offer.empty()) call.offer = {"application/sdp", offer};
    const auto made = stack.calls().call(call, now);
    REQUIRE(made);
    session = *made;
    drain();
    first = take("INVITE ");
    call_id = header(first, "Call-ID");
    our_tag = tag_of(header(first, "From"));
  }
  std::string reliable_bytes(unsigned number, const std::string& tag, const std::string& content = {}, Fields extra = {}) const {
    Fields fields{{"Require", "100rel"}, {"RSeq", std::to_string(number)}, {"Contact", "<sip:" + tag + "@192.0.2.98>"}};
    if (!record_route.empty()) fields.emplace_back("Record-Route", record_route);
    return response(first, 183, tag, content, with(fields, extra));
  }
  void reliable(unsigned number, const std::string& tag, const std::string& content = {}, Fields extra = {}) {
    receive(reliable_bytes(number, tag, content, std::move(extra)));
  }
  void answered(const std::string& tag, const std::string& content = {}, Fields extra = {}) {
    extra.emplace_back("Contact", "<sip:" + tag + "@192.0.2.98>");
    receive(response(first, 200, tag, content, std::move(extra)));
  }
  /// Exchanges an offer and an answer in the early dialog with this tag, and responds to the PRACK.
  void agree(const std::string& tag = "a", const Fields& extra = kUpdates) {
    reliable(10, tag, "answer", extra);
    receive(response(take("PRACK "), 200, ""));
    events.clear();
  }

  // --- the peer calls
  void ring_in(const Fields& extra, const std::string& content = "offer") {
    receive(invite(content, extra));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
    sent.clear();
  }
  /// Establishes a call from the peer.
  void talk(const Fields& extra = kUpdates) {
    ring_in(extra);
    REQUIRE(stack.calls().answer(session, kAnswer, now));
    drain();
    our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
    receive(in_dialog("ACK", 1, our_tag));
    sent.clear();
    events.clear();
  }
  /// Takes the reliable provisional response that the agent has sent, and returns it.
  std::string sent_reliable(const std::string& status = "SIP/2.0 18") {
    drain();
    const std::string one = take(status);
    REQUIRE(!one.empty());
    CHECK(header(one, "Require") == "100rel");
    rseq = header(one, "RSeq");
    REQUIRE(!rseq.empty());
    our_tag = tag_of(header(one, "To"));
    return one;
  }
  void prack(int cseq, const std::string& content = {}, std::string rack = {}) {
    if (rack.empty()) rack = rseq + " 1 INVITE";
    receive(in_dialog("PRACK", cseq, our_tag, content, {{"RAck", rack}}));
  }
  /// Receives a call. The agent sends its answer in a reliable response, and the peer acknowledges it.
  void agree_as_called(const Fields& extra = with(kSupports, kUpdates)) {
    ring_in(extra);
    REQUIRE(stack.calls().progress(session, kEarly, now));
    sent_reliable();
    prack(2);
    sent.clear();
    events.clear();
  }
};

}  // namespace offhook::sim
