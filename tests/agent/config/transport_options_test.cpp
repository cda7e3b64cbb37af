// Transport settings, and the options of the SIP edge that they set.
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/config.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using sip::Transport;

namespace {

agent::AgentOptions options_with_sip(const std::string& sip) {
  const std::string text = R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example", "bind_port": 5070)" + sip + "}}";
  const auto config = agent::config::parse(text, [](const std::string&) { return std::optional<std::string>(); });
  REQUIRE(config.has_value());
  return agent::to_agent_options(*config, "");
}

}  // namespace

TEST_CASE("By default only UDP and TCP are available") {
  const auto options = options_with_sip("");
  CHECK_FALSE(options.phone.sip.tls);
  CHECK_FALSE(options.phone.sip.web_socket);
  CHECK(options.phone.sip.listeners.empty());
  CHECK(options.account.registrar == "sip:pbx.example");
}

TEST_CASE("With the transport ws, Offhook registers over WebSocket without TLS, and with wss over WebSocket with TLS") {
  const auto plain = options_with_sip(R"(, "transport": "ws", "web_socket": {"path": "/sip"})");
  CHECK(plain.account.registrar == "sip:pbx.example;transport=ws");
  REQUIRE(plain.phone.sip.web_socket);
  CHECK(plain.phone.sip.web_socket->path == "/sip");
  CHECK_FALSE(plain.phone.sip.tls);
  const auto secure = options_with_sip(R"(, "transport": "wss", "port": 8443, "tls": {"ca_file": "a.pem"})");
  CHECK(secure.account.registrar == "sip:pbx.example:8443;transport=wss");
  REQUIRE(secure.phone.sip.web_socket);
  CHECK(secure.phone.sip.web_socket->path == "/");
  REQUIRE(secure.phone.sip.tls);
  CHECK(secure.phone.sip.tls->ca_file == "a.pem");
  CHECK(secure.phone.sip.tls->verify == sip::TlsOptions::Verify::Required);
}

TEST_CASE("Relative paths in /sip/tls start at the folder of the configuration file") {
  const std::string text = R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example", "transport": "tls",
    "tls": {"ca_file": "tls/ca.pem", "certificate": "/etc/ssl/own.pem", "key": "own.key"}}})";
  const auto files = [&text](const std::optional<std::string>& path) {
    const auto effective = agent::config::read_text(text, "my.json", {path, {}, {}, {}});
    REQUIRE(effective.problems.empty());
    const auto tls = agent::to_agent_options(effective.config, "").phone.sip.tls;
    REQUIRE(tls);
    return std::vector{tls->ca_file, tls->certificate_file, tls->key_file};
  };
  CHECK(files("/etc/offhook/my.json") == std::vector<std::string>{"/etc/offhook/tls/ca.pem", "/etc/ssl/own.pem", "/etc/offhook/own.key"});
  CHECK(files(std::nullopt) == std::vector<std::string>{"tls/ca.pem", "/etc/ssl/own.pem", "own.key"});
}

TEST_CASE("A WebSocket port adds a listener beside UDP and TCP, with TLS if there is a certificate") {
  const auto plain = options_with_sip(R"(, "web_socket": {"port": 8088, "origins": ["https://a", {"origin": "https://b"}]})");
  REQUIRE(plain.phone.sip.listeners.size() == 3);
  CHECK(plain.phone.sip.listeners[0].transport == Transport::Udp);
  CHECK(plain.phone.sip.listeners[0].port == 5070);
  CHECK(plain.phone.sip.listeners[1].transport == Transport::Tcp);
  CHECK(plain.phone.sip.listeners[2].transport == Transport::Ws);
  CHECK(plain.phone.sip.listeners[2].port == 8088);
  CHECK(plain.phone.sip.web_socket->origins == std::vector<std::string>{"https://a", "https://b"});
  CHECK_FALSE(plain.phone.sip.tls);
  const auto secure = options_with_sip(R"(, "web_socket": {"port": 8088}, "tls": {"certificate": "a.pem", "key": "a.key"})");
  REQUIRE(secure.phone.sip.listeners.size() == 3);
  CHECK(secure.phone.sip.listeners[2].transport == Transport::Wss);
  REQUIRE(secure.phone.sip.tls);
  CHECK(secure.phone.sip.tls->certificate_file == "a.pem");
  CHECK(secure.phone.sip.web_socket->origins.empty());
}
