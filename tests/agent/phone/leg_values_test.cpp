#include <offhook/agent/phone/leg_values.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("party_of() takes the unescaped user of an address as the number, or the whole address if it has no user") {
  CHECK(phone::party_of({"sip:1002@pbx.example", "Bea"}).number == "1002");
  CHECK(phone::party_of({"sip:1002@pbx.example", "Bea"}).name == "Bea");
  CHECK(phone::party_of({"sip:%2b4930@pbx.example", ""}).number == "+4930");
  CHECK(phone::party_of({"sip:pbx.example", ""}).number == "sip:pbx.example");
}

TEST_CASE("The identity that a trusted peer asserts takes precedence over From [RFC 3325 section 9.1]") {
  sip::PeerChanged changed{{}, {"sip:bea@192.0.2.1", "Bea"}};
  CHECK(phone::person_of(changed).name == "Bea");
  changed.asserted = sip::Party{"sip:1002@pbx.example", "Desk"};
  CHECK(phone::person_of(changed).name == "Desk");
}

TEST_CASE("A caller is verified by a trusted peer's assertion, a password for the user in From, or a signature for its number, not by From alone [RFC 3325]") {
  sip::IncomingCall call;
  call.from.uri = "sip:1001@pbx.example";
  const auto caller = [&call] { return phone::incoming_of(call, {}).caller.number; };
  const auto is_verified = [&call] { return phone::incoming_of(call, {}).caller_verified; };
  CHECK(caller() == "1001");
  CHECK_FALSE(is_verified());
  call.proven_user = "1002";
  CHECK_FALSE(is_verified());
  call.proven_user = "1001";
  CHECK(is_verified());
  call.proven_user.clear();
  call.identity = {sip::CallerIdentity::Verstat::Passed, {}, "B", ""};
  CHECK_FALSE(is_verified());
  call.identity.attest = "A";
  CHECK(is_verified());
  call.identity = {};
  call.asserted.emplace();
  call.asserted->uri = "sip:+431234@pbx.example";
  CHECK(caller() == "+431234");
  CHECK(is_verified());
}

TEST_CASE("incoming_of() gives the result of the check of a caller's signature in words, and the reason of a failure [RFC 8224]") {
  sip::IncomingCall call;
  const auto check = [&call] { return phone::incoming_of(call, {}).check; };
  CHECK(check().result.empty());
  call.identity = {sip::CallerIdentity::Verstat::NoValidation, sip::IdentityError::Absent, {}, {}};
  CHECK(check().result == "absent");
  CHECK(check().why.empty());
  call.identity = {sip::CallerIdentity::Verstat::Failed, sip::IdentityError::Stale, {}, {}};
  CHECK(check().result == "failed");
  CHECK(check().why == "the PASSporT is too old, or from the future");
  call.identity = {sip::CallerIdentity::Verstat::Passed, {}, "B", "o"};
  CHECK(check().result == "passed");
  CHECK(check().attest == "B");
  CHECK(check().origid == "o");
}

TEST_CASE("An incoming call has the names of its leg, its parties, its source, and its other header fields") {
  sip::IncomingCall call;
  call.call_id = "a84b4c76e66710";
  call.request_uri = "sip:6001@192.0.2.1";
  call.to = {"sip:6001@pbx.example", "Desk"};
  call.source = {*base::IpAddress::parse("192.0.2.7"), 5060};
  call.headers = {{"X-Queue", "sales"}};
  const call::Incoming incoming = phone::incoming_of(call, "314159");
  CHECK(incoming.name.call == "a84b4c76e66710");
  CHECK(incoming.name.tag == "314159");
  CHECK(incoming.dialled == "sip:6001@192.0.2.1");
  CHECK(incoming.to.number == "6001");
  CHECK(incoming.source == "192.0.2.7:5060");
  CHECK(incoming.fields == decltype(incoming.fields){{"X-Queue", "sales"}});
}

TEST_CASE("ended_of() converts the end of a call to a cause and a status text. Busy, declining and unavailable users have their own causes [RFC 3261 section 21]") {
  using By = sip::CallEnded::By;
  using Why = sip::CallEnded::Why;
  using Cause = call::Ended::Cause;
  const auto cause = [](Why why, int status = 0) { return phone::ended_of({{}, By::Remote, why, status, {}}).cause; };
  CHECK(cause(Why::Bye) == Cause::HungUp);
  CHECK(cause(Why::Cancelled, 487) == Cause::Cancelled);
  CHECK(cause(Why::Replaced) == Cause::Replaced);
  CHECK(cause(Why::NoAnswer, 408) == Cause::NoAnswer);
  CHECK(cause(Why::NoAck) == Cause::Unacknowledged);
  CHECK(cause(Why::SessionLost) == Cause::Lost);
  CHECK(cause(Why::Unreachable) == Cause::Unreachable);
  CHECK(cause(Why::Unresolvable) == Cause::UnknownName);
  for (const int status : {486, 600}) CHECK(cause(Why::Rejected, status) == Cause::Busy);
  for (const int status : {408, 480}) CHECK(cause(Why::Rejected, status) == Cause::Unavailable);
  CHECK(cause(Why::Rejected, 487) == Cause::Terminated);
  CHECK(cause(Why::Rejected, 603) == Cause::Declined);
  for (const int status : {302, 404, 488, 503}) CHECK(cause(Why::Rejected, status) == Cause::Rejected);

  const call::Ended busy = phone::ended_of({{}, By::Remote, Why::Rejected, 486, "Busy Here"});
  CHECK(busy.by == call::Ended::By::Peer);
  CHECK(busy.status == "486");
  CHECK(busy.reason == "Busy Here");
  CHECK(phone::ended_of({{}, By::Local, Why::Bye, 0, {}}).by == call::Ended::By::Us);
  CHECK(phone::ended_of({{}, By::Network, Why::NoAck, 0, {}}).by == call::Ended::By::Network);
  CHECK(phone::ended_of({{}, By::Local, Why::Bye, 0, {}}).status.empty());
  CHECK(phone::refused_with(486).cause == Cause::Busy);
}
