#include <offhook/sip/model/limits.hpp>
#include <offhook/tests/sip/stack/registered.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using sip::Method;
using sip::RequestAnswered;

namespace {

const sip::StackOptions kMessageOptions = [] {
  sip::StackOptions options;
  options.message_types = "text/plain, application/im-iscomposing+xml";
  return options;
}();

struct RegisteredForMessages : Registered {
  RegisteredForMessages() : Registered(kMessageOptions) {}
};

}  // namespace

TEST_CASE_FIXTURE(Registered, "A MESSAGE of the stack has no Contact, and the response to it causes RequestAnswered [RFC 3428 section 4]") {
  register_now();
  const auto id = stack.requests().send({account, Method::Message, "sip:bob@pbx.example", {{"Subject", "hi"}}, {"text/plain", "Hello"}}, now);
  REQUIRE(id);
  drain();
  const std::string sent_out = take("MESSAGE ");
  CHECK(start_line(sent_out) == "MESSAGE sip:bob@pbx.example SIP/2.0");
  CHECK(last_flow.remote == peer.remote);
  CHECK(header(sent_out, "Contact").empty());
  CHECK(header(sent_out, "Content-Type") == "text/plain");
  CHECK(header(sent_out, "Subject") == "hi");
  CHECK(header(sent_out, "To") == "<sip:bob@pbx.example>");
  CHECK(body(sent_out) == "Hello");
  CHECK(stack.requests().size() == 1);
  receive(response(sent_out, 100, ""));
  CHECK_FALSE(event<RequestAnswered>());
  receive(response(sent_out, 202, "x", {}, {{"X-Id", "7"}}));
  const auto answered = event<RequestAnswered>();
  REQUIRE(answered);
  CHECK(answered->request == *id);
  CHECK(answered->status == 202);
  CHECK(answered->headers.list() == sip::HeaderList{{"X-Id", "7"}});
  CHECK(stack.requests().size() == 0);
}

TEST_CASE_FIXTURE(Registered, "When OPTIONS probes a peer, the stack reports any response, a timeout, and a name that does not resolve [RFC 3261 section 11.1]") {
  register_now();
  REQUIRE(stack.requests().send({account, Method::Options, "sip:192.0.2.66", {}, {}, false}, now));
  drain();
  const std::string ping = take("OPTIONS ");
  CHECK(last_flow.remote == stranger.remote);
  receive(response(ping, 404, "x"), stranger);
  CHECK(event<RequestAnswered>()->status == 404);
  REQUIRE(stack.requests().send({account, Method::Options, "sip:192.0.2.66", {}, {}, false}, now));
  drain();
  advance(32s);
  CHECK(event<RequestAnswered>()->why == RequestAnswered::Why::NoAnswer);
  REQUIRE(stack.requests().send({account, Method::Options, "sip:nowhere.example", {}, {}, false}, now));
  drain();
  CHECK(event<RequestAnswered>()->why == RequestAnswered::Why::Unresolvable);
  CHECK(stack.requests().size() == 0);
}

TEST_CASE_FIXTURE(Registered, "After a challenge to MESSAGE, the stack sends credentials to the registrar, and to no other peer [RFC 3261 section 22.2]") {
  register_now();
  REQUIRE(stack.requests().send({account, Method::Message, "sip:bob@pbx.example", {}, {"text/plain", "Hello"}}, now));
  drain();
  receive(response(take("MESSAGE "), 407, "x", {}, {{"Proxy-Authenticate", challenge()[0].second}}));
  const std::string second = take("MESSAGE ");
  CHECK(header(second, "CSeq") == "2 MESSAGE");
  CHECK_FALSE(header(second, "Proxy-Authorization").empty());
  CHECK(body(second) == "Hello");
  receive(response(second, 200, "x"));
  CHECK(event<RequestAnswered>()->status == 200);
  REQUIRE(stack.requests().send({account, Method::Message, "sip:bob@192.0.2.66", {}, {"text/plain", "Hello"}, false}, now));
  drain();
  receive(response(take("MESSAGE "), 401, "x", {}, challenge()), stranger);
  CHECK(take("MESSAGE ").empty());
  CHECK(event<RequestAnswered>()->status == 401);
}

TEST_CASE_FIXTURE(Registered, "send() refuses a method that needs a dialog, an unknown account, an invalid URI, and a body that is too long") {
  register_now();
  for (const auto method : {Method::Invite, Method::Ack, Method::Bye, Method::Cancel, Method::Register, Method::Prack, Method::Update,
                            Method::Subscribe, Method::Notify, Method::Refer, Method::Other}) {
    CHECK(stack.requests().send({account, method, "sip:bob@pbx.example"}, now) == base::fail(sip::StackError::BadMethod));
  }
  CHECK(stack.requests().send({{99}, Method::Options, "sip:bob@pbx.example"}, now) == base::fail(sip::StackError::UnknownAccount));
  CHECK(stack.requests().send({account, Method::Options, "bob"}, now) == base::fail(sip::StackError::BadUri));
  const std::string most(sip::kMaxMessageBody, 'x');
  CHECK(stack.requests().send({account, Method::Message, "sip:bob@pbx.example", {}, {"text/plain", most}}, now));
  const auto more = stack.requests().send({account, Method::Message, "sip:bob@pbx.example", {}, {"text/plain", most + "x"}}, now);
  CHECK(more == base::fail(sip::StackError::TooLarge));  // RFC 3428 section 8
}

TEST_CASE_FIXTURE(Registered, "The stack accepts kMaxRequests pending requests, and refuses one more") {
  register_now();
  answers_queries = false;
  for (std::size_t i = 0; i < sip::kMaxRequests; ++i)
    REQUIRE(stack.requests().send({account, Method::Options, "sip:bob@pbx.example"}, now));
  CHECK(stack.requests().send({account, Method::Options, "sip:bob@pbx.example"}, now) == base::fail(sip::StackError::Full));
}

TEST_CASE_FIXTURE(Registered, "MESSAGE gets 405 unless the options enable it [RFC 3261 section 8.2.1]") {
  register_now();
  const std::string refused = ask(outside("MESSAGE", {}, "Hello"));
  CHECK(refused.starts_with("SIP/2.0 405"));
  CHECK(header(refused, "Allow").find("MESSAGE") == std::string::npos);
}

TEST_CASE_FIXTURE(RegisteredForMessages, "A MESSAGE from the registrar gets 200 and causes MessageReceived [RFC 3428 section 7]") {
  register_now();
  const std::string text = outside("MESSAGE", {{"P-Asserted-Identity", "<sip:al@pbx.example>"}, {"X-Id", "7"}}, "Hello");
  const std::string ok = ask(text);
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(header(ok, "Contact").empty());
  CHECK(body(ok).empty());
  CHECK(header(ok, "Allow").ends_with(", MESSAGE"));
  const auto told = event<sip::MessageReceived>();
  REQUIRE(told);
  CHECK(told->account == account);
  CHECK(told->from.display == "Al");
  CHECK(told->body.type == "text/plain");
  CHECK(told->body.data == "Hello");
  REQUIRE(told->asserted);
  CHECK(ask(text).starts_with("SIP/2.0 200"));  // This is a retransmission.
  CHECK_FALSE(event<sip::MessageReceived>());
}

TEST_CASE_FIXTURE(RegisteredForMessages, "The stack refuses a stranger's MESSAGE like a stranger's call") {
  register_now();
  CHECK(ask(outside("MESSAGE", {}, "Buy!"), stranger).starts_with("SIP/2.0 403"));
  CHECK(ask(outside("MESSAGE", {}, "Buy!", "sip:6009@192.0.2.1"), stranger).starts_with("SIP/2.0 403"));
  CHECK(ask(outside("MESSAGE", {}, "Hello", "sip:6009@192.0.2.1")).starts_with("SIP/2.0 404"));
  CHECK_FALSE(event<sip::MessageReceived>());
  CHECK(stack.counters().refused_source == 2);
}

TEST_CASE_FIXTURE(RegisteredForMessages, "The stack accepts a MESSAGE without a body, for any list of accepted types [RFC 3428 section 4]") {
  register_now();
  CHECK(ask(outside("MESSAGE")).starts_with("SIP/2.0 200"));
  const auto got = event<sip::MessageReceived>();
  REQUIRE(got);
  CHECK(got->body.empty());
  std::string typed = outside("MESSAGE");
  typed.replace(typed.find("Content-Length"), 0, "Content-Type: text/html\r\n");
  CHECK(ask(typed).starts_with("SIP/2.0 200"));
}

TEST_CASE_FIXTURE(RegisteredForMessages, "A MESSAGE with an unknown type or encoding gets 415 with Accept or Accept-Encoding [RFC 3428 section 7]") {
  register_now();
  std::string odd = outside("MESSAGE", {}, "<p>");
  odd.replace(odd.find("text/plain"), 10, "text/html!");
  const std::string refused = ask(odd);
  CHECK(refused.starts_with("SIP/2.0 415"));
  CHECK(header(refused, "Accept") == kMessageOptions.message_types);
  const std::string packed = ask(outside("MESSAGE", {{"Content-Encoding", "gzip"}}, "x"));
  CHECK(packed.starts_with("SIP/2.0 415"));
  CHECK(header(packed, "Accept-Encoding") == "identity");
  std::string tagged = outside("MESSAGE", {}, "x");
  tagged.replace(tagged.find("To: <sip:6001@192.0.2.1>"), 24, "To: <sip:6001@192.0.2.1>;tag=none");
  CHECK(ask(tagged).starts_with("SIP/2.0 481"));
}
