// The settings of /nat: the public address, and the STUN and TURN servers.
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/report.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace offhook;
namespace config = offhook::agent::config;
using namespace offhook::agent;

namespace {

config::Effective read(const std::string& nat) {
  return config::read_text(R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example"}, "nat": )" + nat + "}", "etc/my.json",
                           {.path = "etc/my.json", .environment = {}, .assignments = {}});
}

/// Returns the place of the only problem, or "" if there is no problem.
std::string problem_at(const std::string& servers) {
  const auto effective = read(R"({"servers": )" + servers + "}");
  REQUIRE(effective.problems.size() <= 1);
  return effective.problems.empty() ? "" : effective.problems.front().where;
}

}  // namespace

TEST_CASE("The telephone gets the servers of /nat: a URI alone, one with a password, one with a shared secret, and the CA file beside the configuration") {
  const auto effective = read(R"({"public_address": "203.0.113.7", "ca_file": "turn.pem", "servers": ["stun:stun.example.com",
    {"uri": "turn:turn.example.com", "username": "u", "password": "canary-p"}, {"uri": "turns:turn.example.com", "username": "v", "shared_secret": "canary-s"}]})");
  REQUIRE(effective.problems.empty());
  CHECK(effective.warnings.empty());
  const auto nat = agent::to_agent_options(effective.config, "").phone.nat;
  CHECK(nat.public_address == base::IpAddress::parse("203.0.113.7"));
  CHECK(nat.ca_file == "etc/turn.pem");
  REQUIRE(nat.servers.size() == 3);
  CHECK(nat.servers[0].uri == "stun:stun.example.com");
  CHECK(nat.servers[0].password == "");
  CHECK(nat.servers[1].username == "u");
  CHECK(nat.servers[1].password == "canary-p");
  CHECK_FALSE(nat.servers[1].is_shared_secret);
  CHECK(nat.servers[2].password == "canary-s");
  CHECK(nat.servers[2].is_shared_secret);
}

TEST_CASE("Without /nat, the telephone knows no public address and no servers") {
  const auto nat = agent::to_agent_options(read("{}").config, "").phone.nat;
  CHECK_FALSE(nat.public_address);
  CHECK(nat.servers.empty());
}

TEST_CASE("A TURN server needs a password or a shared secret, and not both. A URI must be a STUN or TURN URI") {
  CHECK(problem_at(R"(["stun:stun.example.com"])") == "");
  CHECK(problem_at(R"(["http://stun.example.com"])") == "/nat/servers/0/uri");
  CHECK(problem_at(R"(["stun:stun.example.com", "turn:turn.example.com"])") == "/nat/servers/1");
  CHECK(problem_at(R"([{"uri": "turn:t", "username": "u", "password": "p", "shared_secret": "s"}])") == "/nat/servers/0/shared_secret");
  CHECK(problem_at(R"(["stun:a", "stun:b", "stun:c", "stun:d"])") == "");
  CHECK(problem_at(R"(["stun:a", "stun:b", "stun:c", "stun:d", "stun:e"])") == "/nat/servers");
}

TEST_CASE("/nat/public_address must be an IP address, and /nat/ca_file without a TURN server over TLS gets a warning") {
  const auto named = read(R"({"public_address": "gate.example.com"})");
  REQUIRE(named.problems.size() == 1);
  CHECK(named.problems.front().where.find("/nat/public_address") != std::string::npos);
  const auto unused = read(R"({"ca_file": "turn.pem", "servers": ["stun:stun.example.com"]})");
  REQUIRE(unused.warnings.size() == 1);
  CHECK(unused.warnings.front().where.find("/nat/ca_file") != std::string::npos);
}
