// Tests with real sockets on loopback. They assert no durations. The name server runs in the test.
#include <offhook/agent/net/beast_web_socket.hpp>
#include <offhook/agent/net/curl_http_client.hpp>
#include <offhook/agent/net/host_lookup.hpp>
#include <offhook/tests/sip/transport/name_server.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>

using namespace offhook;
using namespace offhook::agent::net;
using namespace std::chrono_literals;

namespace {

const std::vector<std::uint8_t> kHere{127, 0, 0, 1};

struct Looking {
  boost::asio::io_context io{1};
  test::NameServer server{io};
  std::shared_ptr<HostLookup> hosts = std::make_shared<HostLookup>(io, sip::DnsOptions{{server.address()}, 100ms, 1});

  template <class Ready>
  void run_until(const Ready& ready) {
    while (!ready() && io.run_one_for(30s) > 0) continue;
    REQUIRE(ready());
  }
  HostAddresses find(const std::string& host, base::Duration limit = 20s) {
    std::optional<HostAddresses> found;
    hosts->find(host, limit, [&](const HostAddresses& said) { found = said; });
    CHECK(!found);  // HostLookup never reports the result within find().
    run_until([&] { return found.has_value(); });
    return *found;
  }
  std::string first(const std::string& host) {
    const auto found = find(host);
    return found.addresses.empty() ? "none: " + found.trouble : found.addresses.front().to_string();
  }
  void keep(const std::string& name) {
    server.addresses[name] = kHere;
    REQUIRE(first(name) == "127.0.0.1");
  }
};

/// Sends one HTTP request to an unused port, and returns its error. If the look-up of the host succeeds, the connection is refused.
std::optional<NetError> ask(Looking& looking, const std::string& url, bool local_only = false) {
  CurlOptions options;
  options.local_only = local_only;
  options.hosts = looking.hosts;
  CurlHttpClient client(looking.io, options);
  std::optional<NetError> ended;
  bool done = false;
  HttpRequest request;
  request.url = url;
  request.connect_limit = 20s;
  const auto transfer = client.start(std::move(request), {{}, {}, [&](std::optional<NetError> error) { ended = std::move(error), done = true; }});
  looking.run_until([&] { return done; });
  return ended;
}

}  // namespace

TEST_CASE_FIXTURE(Looking, "HostLookup needs no name server for an IP address, or for a name in the hosts file") {
  CHECK(hosts->known("192.0.2.7")->addresses.front().to_string() == "192.0.2.7");
  CHECK(hosts->known("[2001:db8::7]")->addresses.front().to_string() == "2001:db8::7");
  CHECK_FALSE(hosts->known("localhost"));
  CHECK(first("localhost").find("none") == std::string::npos);
  CHECK(server.asked.empty());
}

TEST_CASE_FIXTURE(Looking, "HostLookup does not find a name that is invalid in DNS, and sends no query for the name") {
  for (const std::string& name : {std::string(64, 'a') + ".example", std::string(), std::string("two words"), std::string("a..b")}) {
    CAPTURE(name);
    CHECK(find(name).addresses.empty());
    CHECK_FALSE(HostLookup::can_look_up(name));
  }
  CHECK_FALSE(HostLookup::can_look_up("192.0.2.7"));
  CHECK(HostLookup::can_look_up("api.example"));
  CHECK(server.asked.empty());
}

TEST_CASE_FIXTURE(Looking, "HostLookup uses a result without another query until its time to live ends") {
  CHECK(first("good.example") == "192.0.2.1");  // time to live 60 s
  REQUIRE(hosts->known("GOOD.example"));
  CHECK(hosts->known("good.example")->addresses.front().to_string() == "192.0.2.1");
  keep("brief.example");  // time to live 0 s
  CHECK_FALSE(hosts->known("brief.example"));
}

TEST_CASE_FIXTURE(Looking, "HostLookup finds one host while the name server does not answer the query for another host") {
  std::optional<HostAddresses> dead, good;
  hosts->find("dead.example", 20s, [&](const HostAddresses& found) { dead = found; });
  hosts->find("good.example", 20s, [&](const HostAddresses& found) { good = found; });
  run_until([&] { return good.has_value(); });
  CHECK_FALSE(dead);
  run_until([&] { return dead.has_value(); });
  CHECK(dead->addresses.empty());
  CHECK(dead->trouble.find("timeout") != std::string::npos);
}

TEST_CASE_FIXTURE(Looking, "A find() that reaches its limit gets an error, and other find()s of the same host continue to wait") {
  hosts = std::make_shared<HostLookup>(io, sip::DnsOptions{{server.address()}, 2s, 1});
  std::optional<HostAddresses> soon, late;
  hosts->find("dead.example", 20s, [&](const HostAddresses& found) { late = found; });
  hosts->find("dead.example", 1ms, [&](const HostAddresses& found) { soon = found; });
  run_until([&] { return soon.has_value(); });
  CHECK(soon->trouble == "no name server answered in time");
  CHECK_FALSE(late);
  CHECK(server.asked.at("dead.example") <= 2);  // A and AAAA, once each
}

TEST_CASE_FIXTURE(Looking, "If no name server answers, HostLookup returns the last addresses of a host that it has found before") {
  keep("provider.example");
  server.silent = true;
  CHECK(first("provider.example") == "127.0.0.1");
  CHECK(hosts->known("provider.example"));  // A new connection needs no new query.
}

TEST_CASE_FIXTURE(Looking, "If a name server says that a host does not exist, HostLookup does not return the addresses that it found before") {
  keep("nobody.example");
  server.addresses.clear();
  CHECK(first("nobody.example").starts_with("none"));
  server.silent = true;
  CHECK(first("nobody.example").starts_with("none"));
}

TEST_CASE_FIXTURE(Looking, "HostLookup keeps kMaxHosts hosts, and drops the host with the oldest look-up for a new one") {
  for (std::size_t i = 0; i < HostLookup::kMaxHosts; ++i) keep("n" + std::to_string(i) + ".example");
  server.silent = true;
  CHECK(first("n0.example") == "127.0.0.1");
  server.silent = false;
  keep("more.example");
  server.silent = true;
  CHECK(first("n0.example").starts_with("none"));
  CHECK(first("n1.example") == "127.0.0.1");
}

TEST_CASE_FIXTURE(Looking, "HostLookup keeps the first kMaxAddresses addresses of a host") {
  CHECK(find("times-16.example").addresses.size() == HostLookup::kMaxAddresses);
  const auto found = find("times-17.example");
  CHECK(found.addresses.size() == HostLookup::kMaxAddresses);
  CHECK(found.addresses.front().to_string() == "192.0.2.0");
}

TEST_CASE_FIXTURE(Looking, "HostLookup calls no callback after its destruction") {
  bool is_called = false;
  hosts->find("good.example", 20s, [&](const HostAddresses&) { is_called = true; });
  hosts->find("localhost", 20s, [&](const HostAddresses&) { is_called = true; });
  hosts.reset();
  while (io.poll() > 0) continue;
  CHECK_FALSE(is_called);
}

TEST_CASE_FIXTURE(Looking, "CurlHttpClient connects to the addresses that HostLookup finds, and its errors have the host name of the URL") {
  server.addresses["provider.example"] = kHere;
  const auto refused = ask(*this, "http://provider.example:1/");
  REQUIRE(refused);
  CHECK(refused->what == NetError::What::Refused);
  CHECK(refused->detail.find("provider.example:1") != std::string::npos);
  const auto missing = ask(*this, "http://nobody.example:1/");
  REQUIRE(missing);
  CHECK(missing->what == NetError::What::NotFound);
  CHECK(missing->detail.find("no name server has this name") != std::string::npos);
}

TEST_CASE_FIXTURE(Looking, "A client for the local network connects to no address outside, even if the host had a local address a moment ago") {
  const auto is_kept_in = [this](const std::string& url) {
    const auto error = ask(*this, url, true);
    return error && error->what == NetError::What::Local && error->detail.find("is outside the local network") != std::string::npos;
  };
  server.addresses["tools.lan"] = kHere;
  CHECK(ask(*this, "http://tools.lan:1/", true)->what == NetError::What::Refused);  // The request reached the local machine.
  server.addresses["tools.lan"] = {192, 0, 2, 66};
  CHECK(is_kept_in("http://tools.lan:1/"));
  CHECK(is_kept_in("http://times-2.example:1/"));
  for (const char* number : {"http://192.0.2.66:1/", "http://3221226050:1/", "http://0xC0000242:1/", "http://[2001:db8::1]:1/", "http://[::ffff:192.0.2.66]:1/"}) {
    CAPTURE(number);
    CHECK(is_kept_in(number));
  }
  for (const char* near : {"http://127.0.0.1:1/", "http://localhost:1/", "http://[::ffff:127.0.0.1]:1/"}) {
    CAPTURE(near);
    CHECK_FALSE(is_kept_in(near));
  }
}

TEST_CASE_FIXTURE(Looking, "If a request is aborted during the look-up of its host, CurlHttpClient calls none of its handlers") {
  CurlOptions options;
  options.hosts = hosts;
  CurlHttpClient client(io, options);
  HttpRequest request;
  request.url = "http://dead.example:1/";
  auto transfer = client.start(std::move(request), {{}, {}, [](std::optional<NetError>) { FAIL("CurlHttpClient called on_end of an aborted request"); }});
  while (io.poll() > 0) continue;
  transfer.reset();
  CHECK(first("dead.example").starts_with("none"));
}

TEST_CASE_FIXTURE(Looking, "A WebSocket connects to the addresses that HostLookup finds, or reports that it finds none") {
  BeastWebSocketOptions options;
  options.hosts = hosts;
  auto client = make_beast_web_socket_client(io, options);
  REQUIRE(client);
  const auto open = [&](const std::string& url) {
    std::optional<WebSocketClosed> closed;
    WebSocketRequest request;
    request.url = url;
    WebSocketHandler handler;
    handler.on_closed = [&](const WebSocketClosed& how) { closed = how; };
    const auto socket = (*client)->open(std::move(request), std::move(handler));
    run_until([&] { return closed.has_value(); });
    REQUIRE(closed->error);
    return *closed->error;
  };
  server.addresses["provider.example"] = kHere;
  CHECK(open("ws://provider.example:1/").what == NetError::What::Refused);
  CHECK(open("ws://127.0.0.1:1/").what == NetError::What::Refused);
  const NetError missing = open("ws://nobody.example:1/");
  CHECK(missing.what == NetError::What::NotFound);
  CHECK(missing.detail.find("nobody.example") != std::string::npos);
}
