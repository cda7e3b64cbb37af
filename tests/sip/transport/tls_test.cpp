#include <offhook/tests/sip/transport/secured_peer.hpp>
#include <offhook/tests/testkit/wait.hpp>
#include <offhook/sip/transport/tls_check.hpp>

using namespace offhook;
using namespace offhook::transport_test;
using offhook_test::wait_until;
using sip::Transport;
using Verify = sip::TlsOptions::Verify;

namespace {

/// The result of an attempt to connect and send a request.
struct Outcome {
  bool answered = false;
  std::size_t failed = 0;
  std::string why;
  std::uint64_t reached = 0;  // connections that the server accepted
};

Outcome connect(Authority& authority, const Certificate& shown, const sip::TlsOptions& client_options,
                const std::string& name = "pbx.example.com", const std::string& chain = {}) {
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(shown, chain)));
  Client client(client_options);
  Outcome outcome;
  outcome.answered = client.asks(Client::flow(Transport::Tls, server.port(), name));
  outcome.failed = client.failed.size();
  outcome.why = client.connections.last_failure();
  if (!outcome.answered) {
    CHECK(client.messages.empty());
    CHECK(client.counters.handshakes_failed == 1);
  }
  return outcome;
}

}  // namespace

TEST_CASE("Over TLS a request gets a response if the server's certificate has the host name of the URI [RFC 5922 section 7.3]") {
  Authority authority;
  CHECK(connect(authority, authority.issue_dns("pbx.example.com"), authority.trusting()).answered);
  CHECK(connect(authority, authority.issue({.alternatives = {{AltName::Uri, "sip:pbx.example.com"}}}), authority.trusting()).answered);
  CHECK(connect(authority, authority.issue({.common_names = {"pbx.example.com"}}), authority.trusting()).answered);
  CHECK(connect(authority, authority.issue({.alternatives = {{AltName::Address, "127.0.0.1"}}}), authority.trusting(), "127.0.0.1").answered);
  // The server sends an intermediate certificate.
  const Certificate between = authority.issue({.common_names = {"between"}, .is_authority = true});
  const Certificate leaf = authority.issue({.alternatives = {{AltName::Dns, "pbx.example.com"}}, .issuer = &between});
  CHECK(connect(authority, leaf, authority.trusting(), "pbx.example.com", between.certificate_pem).answered);
}

TEST_CASE("If the server's certificate does not have the host name, the client ends the handshake and sends no request [RFC 5922 section 7.3]") {
  Authority authority;
  const std::string evil("pbx.example.com\0.evil.example.net", 33);
  const std::pair<const char*, CertificateWish> cases[] = {
      {"another name", {.alternatives = {{AltName::Dns, "other.example.com"}}}},
      {"the parent domain", {.alternatives = {{AltName::Dns, "example.com"}}}},
      {"a subdomain", {.alternatives = {{AltName::Dns, "a.pbx.example.com"}}}},
      {"a wildcard", {.alternatives = {{AltName::Dns, "*.example.com"}}}},
      {"a wildcard for two labels", {.alternatives = {{AltName::Dns, "*.*.com"}}}},
      {"a part of a label as a wildcard", {.alternatives = {{AltName::Dns, "p*.example.com"}}}},
      {"a leading dot", {.alternatives = {{AltName::Dns, ".example.com"}}}},
      {"a NUL in a DNS name", {.alternatives = {{AltName::Dns, evil}}}},
      {"a NUL in a URI", {.alternatives = {{AltName::Uri, "sip:" + evil}}}},
      {"a NUL in the common name", {.common_names = {evil}}},
      {"the common name beside alternative names", {.alternatives = {{AltName::Dns, "other.example.com"}}, .common_names = {"pbx.example.com"}}},
      {"the common name beside an e-mail address", {.alternatives = {{AltName::Email, "a@pbx.example.com"}}, .common_names = {"pbx.example.com"}}},
      {"a DNS name beside a SIP URI", {.alternatives = {{AltName::Uri, "sip:other.example.com"}, {AltName::Dns, "pbx.example.com"}}}},
      {"the URI of a person", {.alternatives = {{AltName::Uri, "sip:alice@pbx.example.com"}}}},
      {"a URI of another scheme", {.alternatives = {{AltName::Uri, "https://pbx.example.com"}}}},
      {"only an address", {.alternatives = {{AltName::Address, "127.0.0.1"}}}},
      {"no name at all", {.common_names = {}}},
      {"for clients only", {.alternatives = {{AltName::Dns, "pbx.example.com"}}, .extended_key_usage = "clientAuth"}},
      {"expired", {.alternatives = {{AltName::Dns, "pbx.example.com"}}, .begins_in_s = -7200, .ends_in_s = -3600}},
      {"not valid yet", {.alternatives = {{AltName::Dns, "pbx.example.com"}}, .begins_in_s = 3600, .ends_in_s = 7200}},
  };
  for (const auto& [what, wish] : cases) {
    CAPTURE(what);
    const Outcome outcome = connect(authority, authority.issue(wish), authority.trusting());
    CHECK_FALSE(outcome.answered);
    CHECK(outcome.failed == 1);
    CHECK(outcome.why.find("the certificate is not trusted") != std::string::npos);
  }
}

TEST_CASE("TLS verifies the server's certificate chain up to a trusted root [RFC 5922 section 7.1]") {
  Authority authority, stranger;
  const CertificateWish right{.alternatives = {{AltName::Dns, "pbx.example.com"}}};
  const Certificate no_authority = authority.issue_dns("someone.example.com");
  CertificateWish by_nobody = right;
  by_nobody.issuer = &no_authority;
  const std::tuple<const char*, Certificate, std::string> cases[] = {
      {"the certificate itself", services::make_certificate(right), ""},
      {"a root that is not trusted", stranger.issue(right), ""},
      {"a root that is not trusted, sent by the server", stranger.issue(right), stranger.root.certificate_pem},
      {"a certificate that may not sign", authority.issue(by_nobody), no_authority.certificate_pem},
  };
  for (const auto& [what, certificate, chain] : cases) {
    CAPTURE(what);
    CHECK_FALSE(connect(authority, certificate, authority.trusting(), "pbx.example.com", chain).answered);
  }
  // The server does not send its intermediate certificate.
  const Certificate between = authority.issue({.common_names = {"between"}, .is_authority = true});
  CertificateWish below = right;
  below.issuer = &between;
  CHECK_FALSE(connect(authority, authority.issue(below), authority.trusting()).answered);
  // The system's trusted roots do not include the root of the file.
  CHECK_FALSE(connect(authority, authority.issue(right), sip::TlsOptions{}).answered);
}

TEST_CASE("A pinned key can be the only condition, or a condition besides the certificate. The client refuses another key [RFC 7671 section 5.1]") {
  Authority authority;
  const Certificate own = services::make_certificate(
      CertificateWish{.alternatives = {{AltName::Dns, "elsewhere"}}, .begins_in_s = -7200, .ends_in_s = -3600});
  sip::TlsOptions pinned;
  pinned.verify = Verify::Pinned;
  pinned.pins = {services::pin_of(own.certificate_pem)};
  CHECK(connect(authority, own, pinned).answered);
  CHECK_FALSE(connect(authority, authority.issue_dns("pbx.example.com"), pinned).answered);

  const Certificate good = authority.issue_dns("pbx.example.com");
  sip::TlsOptions both = authority.trusting();
  both.pins = {services::pin_of(good.certificate_pem)};
  CHECK(connect(authority, good, both).answered);
  CHECK_FALSE(connect(authority, authority.issue_dns("pbx.example.com"), both).answered);
  CHECK_FALSE(connect(authority, authority.issue_dns("other.example.com"), both).answered);
}

TEST_CASE("Only Verify::Insecure accepts any server, and the client counts each such connection") {
  Authority authority;
  const Certificate anybody = services::make_certificate(CertificateWish{.common_names = {"anybody"}});
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(anybody)));
  sip::TlsOptions insecure;
  insecure.verify = Verify::Insecure;
  Client client(insecure);
  CHECK(client.asks(Client::flow(Transport::Tls, server.port(), "pbx.example.com")));
  CHECK(client.counters.unverified == 1);
  Client careful(authority.trusting());
  CHECK_FALSE(careful.asks(Client::flow(Transport::Tls, server.port(), "pbx.example.com")));
  CHECK(careful.counters.unverified == 0);
}

TEST_CASE("A server that requires client certificates accepts only certificates of its authority [RFC 5922 section 7.4]") {
  Authority authority, stranger;
  sip::TlsOptions asking = authority.showing(authority.issue_dns("pbx.example.com"));
  asking.client_certificates = sip::TlsOptions::ClientCertificates::Required;
  ServingEdge server({Transport::Tls}, Client::with(asking));
  const auto answered = [&](const sip::TlsOptions& options) {
    Client client(options);
    return client.asks(Client::flow(Transport::Tls, server.port(), "pbx.example.com"));
  };
  CHECK(answered(authority.showing(authority.issue_dns("ua.example.com"))));
  CHECK_FALSE(answered(authority.trusting()));
  CHECK_FALSE(answered(authority.showing(stranger.issue_dns("ua.example.com"))));
  CHECK_FALSE(answered(authority.showing(authority.issue({.common_names = {"late"}, .begins_in_s = -7200, .ends_in_s = -3600}))));
  CHECK(server.counters().handshakes_failed == 3);
}

TEST_CASE("The client uses one connection for each name, even if two names have the same address [RFC 5923 section 9.3]") {
  Authority authority;
  const Certificate both = authority.issue({.alternatives = {{AltName::Dns, "a.example.com"}, {AltName::Dns, "b.example.com"}}});
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(both)));
  Client client(authority.trusting());
  CHECK(client.asks(Client::flow(Transport::Tls, server.port(), "a.example.com")));
  CHECK(client.asks(Client::flow(Transport::Tls, server.port(), "a.example.com")));
  CHECK(client.counters.connections_opened == 1);
  CHECK(client.asks(Client::flow(Transport::Tls, server.port(), "b.example.com")));
  CHECK(client.counters.connections_opened == 2);
  CHECK(client.from[0].name == "a.example.com");
  CHECK(client.from[2].name == "b.example.com");
  // The open connections have proven other names, not this one.
  CHECK_FALSE(client.asks(Client::flow(Transport::Tls, server.port(), "c.example.com")));
  // A flow without a name belongs to a peer that had connected to the edge. The client uses no other connection for it.
  CHECK_FALSE(client.asks(Client::flow(Transport::Tls, server.port(), "")));
  CHECK(client.counters.connections_opened == 2);
}

TEST_CASE("After a TLS failure the client sends nothing unencrypted [RFC 3261 section 26.2.2]") {
  Authority authority;
  Socket listener(SOCK_STREAM);
  const std::uint16_t port = listener.listen();
  Client client(authority.trusting());
  std::string seen;
  std::thread peer([&] {
    Socket first = listener.accept();
    seen = first.receive("never").substr(0, 3);  // Reads until the client gives up.
  });
  client.connections.shared().handshake_time = std::chrono::seconds(2);  // Longer than a busy host stalls.
  CHECK_FALSE(client.asks(Client::flow(Transport::Tls, port, "pbx.example.com")));
  peer.join();
  CHECK(seen == std::string("\x16\x03\x01", 3));  // A ClientHello, and no request.
  CHECK(client.counters.slow_handshakes == 1);
  CHECK(client.counters.connections_opened == 0);
}

TEST_CASE("The edge counts a peer that connects and makes no handshake as half open, and disconnects it") {
  Authority authority;
  auto options = Client::with(authority.showing(authority.issue_dns("pbx.example.com")));
  options.handshake_time = std::chrono::seconds(2);  // Longer than a busy host stalls.
  ServingEdge server({Transport::Tls}, options);
  Socket silent(SOCK_STREAM), babbling(SOCK_STREAM);
  silent.connect(server.port());
  CHECK(wait_until([&] { return server.counters().half_open == 1; }));
  babbling.connect(server.port());
  babbling.send("OPTIONS sip:x SIP/2.0\r\n\r\n");
  CHECK(babbling.receive("never").find("SIP/2.0") == std::string::npos);
  CHECK(silent.closed_by_peer());
  const auto counters = server.counters();
  CHECK(counters.handshakes_failed == 2);
  CHECK(counters.slow_handshakes == 1);
  CHECK(counters.half_open == 0);
  CHECK(counters.connections_opened == 0);
}

TEST_CASE("The edge accepts kMaxHandshakes handshakes at the same time, and refuses one more") {
  Authority authority;
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(authority.issue_dns("pbx.example.com"))));
  std::vector<Socket> sockets;
  for (std::size_t i = 0; i <= sip::SipEdge::kMaxHandshakes; ++i) {
    sockets.emplace_back(SOCK_STREAM);
    sockets.back().bind("127.0.2." + std::to_string(1 + i / 16));
    sockets.back().connect(server.port());
  }
  CHECK(sockets.back().closed_by_peer());
  CHECK(server.counters().half_open == sip::SipEdge::kMaxHandshakes);
  CHECK(server.counters().handshakes_refused == 1);
}

TEST_CASE("The edge closes a TLS connection whose message takes too long") {
  Authority authority;
  auto options = Client::with(authority.showing(authority.issue_dns("pbx.example.com")));
  options.message_time = std::chrono::milliseconds(300);
  ServingEdge server({Transport::Tls}, options);
  Client client(authority.trusting());
  const auto to = Client::flow(Transport::Tls, server.port(), "pbx.example.com");
  client.connections.send(to, "OPTIONS sip:x SIP/2.0\r\n", sip::FlowId{1});
  client.wait();
  CHECK(client.failed.size() == 1);
  CHECK(server.counters().slow_senders == 1);
  // The client does not use a closed connection again. The next request opens a new one.
  CHECK(client.asks(to));
  CHECK(client.counters.connections_opened == 2);
}

TEST_CASE("The edge accepts `per_source` TLS connections of one source, and refuses one more") {
  Authority authority;
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(authority.issue_dns("pbx.example.com"))));
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i <= sip::ConnectionLimits{}.per_source; ++i) {
    clients.push_back(std::make_unique<Client>(authority.trusting()));
    CHECK(clients.back()->asks(Client::flow(Transport::Tls, server.port(), "pbx.example.com")) ==
          (i < sip::ConnectionLimits{}.per_source));
  }
  CHECK(server.counters().connections_refused == 1);
}

TEST_CASE("A large message arrives complete over TLS, in both directions") {
  Authority authority;
  ServingEdge server({Transport::Tls}, Client::with(authority.showing(authority.issue_dns("pbx.example.com"))));
  Client client(authority.trusting());
  std::string request = options("TLS", 7);
  request.insert(request.find("Max-Forwards"), "X-Long: " + std::string(40000, 'x') + "\r\n");
  request.insert(request.find(";rport"), ";long=" + std::string(15000, 'y'));  // The response repeats the Via.
  client.connections.send(Client::flow(Transport::Tls, server.port(), "pbx.example.com"), request, sip::FlowId{1});
  client.wait();
  REQUIRE(client.messages.size() == 1);
  CHECK(client.messages[0].find(std::string(15000, 'y')) != std::string::npos);
}

TEST_CASE("check_tls checks files and pins without an edge") {
  Authority authority;
  const Certificate one = authority.issue_dns("a"), other = authority.issue_dns("b");
  const auto said = [](const sip::TlsOptions& options) {
    const auto checked = sip::check_tls(options);
    return checked ? std::nullopt : std::optional(checked.error());
  };
  CHECK_FALSE(said(authority.showing(one)));
  CHECK_FALSE(said({}));
  auto options = authority.showing(one);
  options.key_file = authority.folder.file(other.key_pem);
  CHECK(said(options) == sip::EdgeError::BadCertificate);
  options.key_file = "nowhere.pem";
  CHECK(said(options) == sip::EdgeError::BadCertificate);
  CHECK(said({.ca_file = authority.folder.file("no certificates")}) == sip::EdgeError::BadTrust);
  CHECK(said({.verify = Verify::Pinned, .pins = {std::string(43, '*') + "="}}) == sip::EdgeError::BadTrust);
  CHECK_FALSE(said({.verify = Verify::Pinned, .pins = {services::pin_of(one.certificate_pem)}}));
}

TEST_CASE("open() refuses TLS options that cannot work") {
  Authority authority;
  base::SystemRandom random;
  sip::Stack stack({}, random);
  const auto error_of = [&](const sip::EdgeOptions& options) {
    const auto opened = sip::SipEdge::open(options, stack);
    return opened ? std::string("none") : std::string(to_string(opened.error()));
  };
  const std::string bad_trust(to_string(sip::EdgeError::BadTrust)), bad_certificate(to_string(sip::EdgeError::BadCertificate));
  const Certificate one = authority.issue_dns("a"), other = authority.issue_dns("b");
  sip::EdgeOptions options;
  options.bind = *base::IpAddress::parse("127.0.0.1");
  options.tls = authority.trusting();
  CHECK(error_of(options) == "none");
  options.tls->ca_file = authority.folder.file("no certificates");
  CHECK(error_of(options) == bad_trust);
  options.tls = authority.showing(one);
  options.tls->key_file = authority.folder.file(other.key_pem);
  CHECK(error_of(options) == bad_certificate);
  options.tls = authority.trusting();
  options.tls->verify = Verify::Pinned;
  CHECK(error_of(options) == bad_trust);
  options.tls->pins = {"too short"};
  CHECK(error_of(options) == bad_trust);
  options.tls->pins.assign(sip::TlsOptions::kMaxPins, services::pin_of(one.certificate_pem));
  CHECK(error_of(options) == "none");
  options.tls->pins.push_back(options.tls->pins.front());
  CHECK(error_of(options) == bad_trust);
  options.tls = authority.trusting();
  options.listeners = {{Transport::Tls, options.bind, 0}};
  CHECK(error_of(options) == bad_certificate);
  options.tls.reset();
  CHECK(error_of(options) == bad_certificate);
}
