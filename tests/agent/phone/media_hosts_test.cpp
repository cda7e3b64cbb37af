#include <offhook/agent/phone/media_hosts.hpp>
#include <offhook/tests/agent/phone/far_end.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using phone::MediaHosts;
using test::Telephone;

namespace {

const sip::SessionId kOne{1}, kTwo{2};

/// A MediaHosts whose look-ups the test answers. `told` has the events that MediaHosts passed on, as text.
struct Hosts {
  std::vector<std::pair<std::string, std::function<void(const std::vector<base::IpAddress>&)>>> asked;
  std::string told;
  MediaHosts hosts{[this](const std::string& host, auto done) { asked.emplace_back(host, std::move(done)); },
                   [this](const sip::Event& event) {
                     if (const auto* call = std::get_if<sip::IncomingCall>(&event)) told += "call " + call->offer.data + ";";
                     if (const auto* up = std::get_if<sip::CallAnswered>(&event)) told += "answer " + up->body.data + ";";
                     if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) told += "offer " + offer->offer.data + ";";
                     if (std::holds_alternative<sip::CallEnded>(event)) told += "end;";
                   }};

  void call(const std::string& description, sip::SessionId session = kOne, const std::string& type = "application/sdp") {
    sip::IncomingCall event{};
    event.session = session;
    event.offer = {type, description};
    hosts.on_event(std::move(event));
  }
  void answer(const std::string& description) {
    sip::CallAnswered event{};
    event.session = kOne;
    event.body = {"application/sdp", description};
    hosts.on_event(std::move(event));
  }
  void end(sip::SessionId session = kOne) {
    sip::CallEnded event{};
    event.session = session;
    hosts.on_event(std::move(event));
  }
  void found(std::size_t at, std::vector<const char*> addresses) {
    std::vector<base::IpAddress> all;
    for (const char* one : addresses) all.push_back(*base::IpAddress::parse(one));
    asked.at(at).second(all);
  }
  [[nodiscard]] std::string take() { return std::exchange(told, {}); }
};

}  // namespace

TEST_CASE_FIXTURE(Hosts, "MediaHosts replaces a host name by an address, of the address family of the line if the host has such an address [RFC 8866 section 5.7]") {
  call("c=IN IP4 a.example");
  CHECK(told.empty());
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].first == "a.example");
  found(0, {"2001:db8::1", "192.0.2.1"});
  CHECK(take() == "call c=IN IP4 192.0.2.1;");
  answer("c=IN IP4 a.example");
  found(1, {"2001:db8::1"});
  CHECK(take() == "answer c=IN IP6 2001:db8::1;");
}

TEST_CASE_FIXTURE(Hosts, "MediaHosts passes on a description without a host name, and a body of another type, at once") {
  call("c=IN IP4 192.0.2.1");
  call("c=IN IP4 a.example", kTwo, "text/plain");
  CHECK(take() == "call c=IN IP4 192.0.2.1;call c=IN IP4 a.example;");
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(Hosts, "Later events of the same call wait for the look-up in order, and events of other calls do not wait") {
  answer("c=IN IP4 a.example");
  answer("c=IN IP4 b.example");
  end();
  call("c=IN IP4 192.0.2.2", kTwo);
  CHECK(take() == "call c=IN IP4 192.0.2.2;");
  found(0, {"192.0.2.1"});
  CHECK(take() == "answer c=IN IP4 192.0.2.1;");
  found(0, {"192.0.2.9"});  // A second result has no effect.
  CHECK(take().empty());
  found(1, {"192.0.2.3"});
  CHECK(take() == "answer c=IN IP4 192.0.2.3;end;");
}

TEST_CASE_FIXTURE(Hosts, "If a host name has no address, MediaHosts leaves the name in the description, and the negotiation refuses the description") {
  call("c=IN IP4 a.example");
  found(0, {});
  CHECK(take() == "call c=IN IP4 a.example;");
}

TEST_CASE_FIXTURE(Hosts, "MediaHosts never passes on a call that ends during the look-up of its host") {
  call("c=IN IP4 a.example");
  end();
  found(0, {"192.0.2.1"});
  CHECK(take().empty());
  end();
  CHECK(take() == "end;");
}

TEST_CASE_FIXTURE(Hosts, "MediaHosts looks up at most kMaxNames names of one description, and further names stay in the description") {
  for (const std::size_t names : {MediaHosts::kMaxNames, MediaHosts::kMaxNames + 1}) {
    asked.clear();
    std::string text, wanted;
    for (std::size_t i = 0; i < names; ++i) {
      text += "c=IN IP4 host" + std::to_string(i) + "\n";
      wanted += i < MediaHosts::kMaxNames ? "c=IN IP4 192.0.2.1\n" : "c=IN IP4 host" + std::to_string(i) + "\n";
    }
    call(text);
    for (std::size_t i = 0; i < MediaHosts::kMaxNames; ++i) found(i, {"192.0.2.1"});
    CHECK(asked.size() == MediaHosts::kMaxNames);
    CHECK(take() == "call " + wanted + ";");
  }
}

TEST_CASE_FIXTURE(Hosts, "At most kMaxWaiting events of a call wait. At a further event, MediaHosts passes on all events of the call") {
  for (std::size_t i = 0; i < MediaHosts::kMaxWaiting; ++i) answer("c=IN IP4 a.example");
  CHECK(take().empty());
  answer("last");
  const std::string all = take();
  CHECK(std::count(all.begin(), all.end(), ';') == MediaHosts::kMaxWaiting + 1);
  CHECK(all.ends_with("answer last;"));
}

TEST_CASE("A call to a telephone with a host name in c= connects") {
  test::FarEnd far{[](sip::Stack& stack, const sip::IncomingCall& call) {
    const std::string answer = "v=0\r\no=- 1 1 IN IP4 localhost\r\ns=-\r\nc=IN IP4 localhost\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";
    (void)stack.calls().answer(call.session, {"application/sdp", answer}, base::Clock::now());
  }};
  Telephone phone("anna");
  phone.dial("desk", far.edge->port());
  REQUIRE(phone.wait_for<phone::CallConnected>());
  phone.on_thread([&] { CHECK(phone.call->hang_up().has_value()); });
  CHECK(phone.wait_for<phone::CallFinished>());
}
