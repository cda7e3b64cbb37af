// Tests of event state that an account publishes (RFC 3903), through the whole stack.
#include <offhook/tests/sip/stack/registered.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook;
using namespace offhook::sim;

namespace {

using sip::PublicationChanged;

struct Presence : Registered {
  Presence() { register_now(); }

  static sip::PublishOptions told(sip::AccountId account, const std::string& state = "open") {
    sip::PublishOptions options;
    options.account = account;
    options.target = "sip:6001@pbx.example";
    options.package = "presence";
    options.state = {"application/pidf+xml", state};
    options.headers = {{"X-Desk", "7"}};
    return options;
  }
  sip::PublicationId publish() {
    const auto made = stack.publications().publish(told(account), now);
    REQUIRE(made);
    drain();
    return *made;
  }
  void accept(const std::string& request, const std::string& etag) {
    receive(response(request, 200, "esc", {}, {{"SIP-ETag", etag}, {"Expires", "3600"}}));
  }
  std::string refresh() {
    for (int i = 0; i < 3600 && count("PUBLISH ") == 0; ++i) advance(1s);
    std::string text = take("PUBLISH ");
    sent.clear();  // Removes the retransmissions.
    return text;
  }
  sip::PublicationId published() {
    const auto id = publish();
    accept(take("PUBLISH "), "e1");
    REQUIRE(event<PublicationChanged>());
    return id;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Presence, "An account publishes, refreshes, modifies and removes its state at the registrar [RFC 3903 section 4]") {
  const auto id = publish();
  const std::string first = take("PUBLISH ");
  CHECK(first.starts_with("PUBLISH sip:6001@pbx.example SIP/2.0"));
  CHECK(last_flow.remote == peer.remote);
  CHECK(header(first, "Event") == "presence");
  CHECK(header(first, "Expires") == "3600");
  CHECK(header(first, "SIP-If-Match").empty());
  CHECK(header(first, "Content-Type") == "application/pidf+xml");
  CHECK(header(first, "X-Desk") == "7");
  CHECK(first.ends_with("\r\n\r\nopen"));
  accept(first, "e1");
  const auto published = event<PublicationChanged>();
  REQUIRE(published);
  CHECK(published->publication == id);
  CHECK(published->state == PublicationChanged::State::Published);
  CHECK(published->expires == 3600s);

  const std::string refreshed = refresh();
  CHECK(header(refreshed, "SIP-If-Match") == "e1");
  CHECK(header(refreshed, "Content-Length") == "0");
  CHECK(header(refreshed, "Call-ID") == header(first, "Call-ID"));
  CHECK(header(refreshed, "CSeq") == "2 PUBLISH");
  accept(refreshed, "e2");

  REQUIRE(stack.publications().modify(id, {"application/pidf+xml", "closed"}, now));
  drain();
  const std::string modified = take("PUBLISH ");
  CHECK(header(modified, "SIP-If-Match") == "e2");
  CHECK(modified.ends_with("\r\n\r\nclosed"));
  accept(modified, "e3");

  events.clear();
  REQUIRE(stack.publications().remove(id, now));
  drain();
  const std::string removed = take("PUBLISH ");
  CHECK(header(removed, "SIP-If-Match") == "e3");
  CHECK(header(removed, "Expires") == "0");
  receive(response(removed, 200, "esc"));
  CHECK(event<PublicationChanged>()->why == PublicationChanged::Why::Removed);
  CHECK(stack.publications().size() == 0);
  CHECK(stack.publications().modify(id, {}, now) == base::fail(sip::StackError::UnknownPublication));
  CHECK(stack.publications().remove(id, now) == base::fail(sip::StackError::UnknownPublication));
}

TEST_CASE_FIXTURE(Presence, "After a challenge to PUBLISH, the account sends it again with credentials. The next PUBLISH has credentials at once [RFC 3261 section 22.2]") {
  const auto id = publish();
  const std::string first = take("PUBLISH ");
  receive(response(first, 401, "esc", {}, challenge()));
  const std::string again = take("PUBLISH ");
  CHECK(header(again, "CSeq") == "2 PUBLISH");
  CHECK(header(again, "Authorization").find("username=\"6001\"") != std::string::npos);
  CHECK(again.ends_with("\r\n\r\nopen"));
  accept(again, "e1");
  REQUIRE(stack.publications().modify(id, {"application/pidf+xml", "closed"}, now));
  drain();
  const std::string modified = take("PUBLISH ");
  CHECK(header(modified, "CSeq") == "3 PUBLISH");
  CHECK(header(modified, "Authorization").find("nc=00000002") != std::string::npos);
}

TEST_CASE_FIXTURE(Presence, "After a 412 the account publishes the whole state again. If a PUBLISH gets no response, the account retries [RFC 3903 section 5]") {
  (void)published();
  receive(response(refresh(), 412, "esc"));
  const std::string anew = take("PUBLISH ");
  CHECK(header(anew, "SIP-If-Match").empty());
  CHECK(anew.ends_with("\r\n\r\nopen"));
  events.clear();
  advance(32s);  // The server does not respond.
  const auto waiting = event<PublicationChanged>();
  REQUIRE(waiting);
  CHECK(waiting->state == PublicationChanged::State::Waiting);
  CHECK(waiting->why == PublicationChanged::Why::NoAnswer);
  sent.clear();
  advance(2s);
  CHECK(take("PUBLISH ").ends_with("\r\n\r\nopen"));
}

TEST_CASE_FIXTURE(Presence,
    "Two publications with one Request-URI have one pending PUBLISH at a time. The publication that waited longest is next [RFC 3903 section 4]") {
  const auto first = publish();
  auto other = told(account, "lines");
  other.package = "dialog";
  const auto second = stack.publications().publish(other, now);
  REQUIRE(second);
  auto elsewhere = told(account, "elsewhere");
  elsewhere.target = "sip:desk@pbx.example";
  REQUIRE(stack.publications().publish(elsewhere, now));
  drain();
  CHECK(count("PUBLISH sip:6001@pbx.example") == 1);
  CHECK(count("PUBLISH sip:desk@pbx.example") == 1);
  const std::string presence = take("PUBLISH sip:6001@pbx.example");
  sent.clear();
  REQUIRE(stack.publications().modify(first, {"t", "newer"}, now));
  accept(presence, "e1");
  const std::string lines = take("PUBLISH ");
  CHECK(header(lines, "Event") == "dialog");
  CHECK(sent.empty());
  receive(response(lines, 489, "esc"));
  CHECK(header(take("PUBLISH "), "Event") == "presence");
  CHECK(stack.publications().size() == 2);
}

TEST_CASE_FIXTURE(Presence, "publish() refuses invalid options and sends nothing") {
  const auto why = [&](auto change) {
    auto wanted = told(account);
    change(wanted);
    return stack.publications().publish(wanted, now).error();
  };
  CHECK(why([](auto& o) { o.account = sip::AccountId{999}; }) == sip::StackError::UnknownAccount);
  CHECK(why([](auto& o) { o.target = "nobody"; }) == sip::StackError::BadUri);
  CHECK(why([](auto& o) { o.package = "a b"; }) == sip::StackError::BadEvent);
  CHECK(why([](auto& o) { o.package = "presence\r\nX: y"; }) == sip::StackError::BadEvent);
  CHECK(why([](auto& o) { o.headers = {{"Via", "x"}}; }) == sip::StackError::BadHeader);
  CHECK(why([](auto& o) { o.headers = {{"SIP-If-Match", "x"}}; }) == sip::StackError::BadHeader);
  CHECK(why([](auto& o) { o.headers = {{"Expires", "1"}}; }) == sip::StackError::BadHeader);
  CHECK(why([](auto& o) { o.state.data.assign(sip::kMaxPublishedState + 1, 'x'); }) == sip::StackError::TooLarge);
  CHECK(stack.publications().size() == 0);
  auto longest = told(account);
  longest.state.data.assign(sip::kMaxPublishedState, 'x');
  const auto made = stack.publications().publish(longest, now);
  REQUIRE(made);
  CHECK(stack.publications().modify(*made, {"t", std::string(sip::kMaxPublishedState + 1, 'x')}, now) == base::fail(sip::StackError::TooLarge));
}

TEST_CASE_FIXTURE(Presence, "The stack holds kMaxPublications publications, and refuses one more") {
  for (std::size_t i = 0; i < sip::kMaxPublications; ++i) REQUIRE(stack.publications().publish(told(account), now));
  CHECK(stack.publications().publish(told(account), now) == base::fail(sip::StackError::Full));
  CHECK(stack.sizes().publications == sip::kMaxPublications);
}

TEST_CASE_FIXTURE(Presence, "A removed account exists until its publication is removed, and then leaves no state") {
  const auto id = published();
  stack.accounts().remove(account, now);
  drain();
  receive(response(take("REGISTER "), 200, "reg"));
  CHECK(stack.accounts().size() == 1);
  REQUIRE(stack.publications().remove(id, now));
  drain();
  receive(response(take("PUBLISH "), 200, "esc"));
  CHECK(stack.accounts().size() == 0);
  advance(66s);
  CHECK(stack.sizes() == sip::StackSizes{});
}
