// Settings of the SIP servers and of the peers that may send requests: /sip/outbound_proxy, secondaries, trusted_peers, callers and
// others.
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/registrations.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/phone/target.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

using namespace offhook;
namespace config = offhook::agent::config;
using namespace offhook::agent;

namespace {

std::string file(const std::string& settings, const std::string& transport = "udp") {
  return R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example", "transport": ")" + transport + "\", " + settings + "}}";
}

agent::AgentOptions edge_options(const std::string& settings, const std::string& transport = "udp") {
  const auto parsed = config::parse(file(settings, transport), [](const std::string&) { return std::nullopt; });
  std::string problems;
  if (!parsed)
    for (const auto& problem : parsed.error()) problems += to_string(problem) + "\n";
  REQUIRE_MESSAGE(parsed, problems);
  return agent::to_agent_options(*parsed, "");
}

std::string problem_in(const std::string& settings) {
  const auto parsed = config::parse(file(settings), [](const std::string&) { return std::nullopt; });
  return parsed ? "" : to_string(parsed.error().front());
}

bool begins(const std::string& text, const std::string& with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("The outbound proxy and the secondaries use the transport of /sip/transport. If the file sets no port, DNS selects it") {
  const auto plain = edge_options(R"("outbound_proxy": {"host": "edge.example"})").account;
  CHECK(plain.outbound_proxy == "sip:edge.example");
  CHECK(plain.registrar == "sip:pbx.example");
  const auto tls = edge_options(R"("outbound_proxy": {"host": "2001:db8::5", "port": 5071}, "secondaries": ["b.example", {"host": "192.0.2.7", "port": 5090}])",
                                "tls").account;
  CHECK(tls.outbound_proxy == "sip:[2001:db8::5]:5071;transport=tls");
  CHECK(tls.secondaries == std::vector<std::string>{"sip:b.example;transport=tls", "sip:192.0.2.7:5090;transport=tls"});
  CHECK(edge_options(R"("expires_seconds": 300)").account.outbound_proxy.empty());
  CHECK(begins(problem_in(R"("outbound_proxy": {"port": 5060})"), "/sip/outbound_proxy/host: found nothing;"));
  CHECK(begins(problem_in(R"("outbound_proxy": "edge.example")"), "/sip/outbound_proxy: found text; allowed: an object with host, port; "));
  CHECK(begins(problem_in(R"("outbound_proxy": {"hots": "a", "host": "a"})"),
               "/sip/outbound_proxy/hots: found an unknown setting; allowed: host, port; did you mean \"host\"?"));
  CHECK(begins(problem_in(R"("secondaries": ["a", "b", "c", "d", "e"])"), "/sip/secondaries: found a longer list;"));
  CHECK(edge_options(R"("secondaries": ["a", "b", "c", "d"])").account.secondaries.size() == 4);
}

TEST_CASE("The URI of a number at the PBX is valid even if the PBX has an IPv6 address") {
  const auto address_of = [](std::string host, std::uint16_t port) {
    config::Sip sip;
    sip.host = std::move(host);
    sip.port = port;
    return phone::target_at("6010", agent::host_and_port(sip));
  };
  CHECK(address_of("pbx.example", 5060) == "sip:6010@pbx.example");
  CHECK(address_of("192.0.2.7", 5080) == "sip:6010@192.0.2.7:5080");
  for (const char* host : {"2001:db8::5", "[2001:db8::5]"}) {
    CHECK(address_of(host, 5060) == "sip:6010@[2001:db8::5]");
    CHECK(address_of(host, 5080) == "sip:6010@[2001:db8::5]:5080");
  }
}

TEST_CASE("Offhook challenges callers with the strongest algorithm first, or with the configured algorithms") {
  const auto usual = edge_options(R"("callers": {"who": [{"username": "anna", "password": "s3cret-anna"}]})").phone.stack.callers;
  REQUIRE(usual.who.size() == 1);
  CHECK(usual.who[0].username == "anna");
  CHECK(usual.who[0].password == "s3cret-anna");
  CHECK(usual.realm == "offhook");
  CHECK(usual.algorithms == sip::CallerOptions{}.algorithms);
  const auto own = edge_options(R"("callers": {"realm": "door", "algorithms": ["SHA-256", "MD5", "SHA-256"], "who": [{"username": "a", "password": "b"}]})")
                       .phone.stack.callers;
  CHECK(own.realm == "door");
  CHECK(own.algorithms == std::vector{sip::Algorithm::Sha256, sip::Algorithm::Md5});
  CHECK(edge_options(R"("expires_seconds": 300)").phone.stack.callers.who.empty());
  CHECK(begins(problem_in(R"("callers": {"realm": "door"})"), "/sip/callers/who: found nothing;"));
  CHECK(begins(problem_in(R"("callers": {"who": [{"username": "a"}]})"), "/sip/callers/who/0/password: found nothing;"));
  CHECK(begins(problem_in(R"("callers": {"who": [{"username": "a", "password": "b"}], "algorithms": ["md5"]})"),
               "/sip/callers/algorithms/0: found an unknown word (\"md5\"); allowed: \"SHA-512-256\", \"SHA-256\", \"MD5\"; did you mean \"MD5\"?"));
}

TEST_CASE("No table and no problem shows the secrets of callers") {
  const std::string settings = R"("callers": {"who": [{"username": "anna", "password": "canary-8e1b"}]})";
  const auto effective = config::read_text(file(settings), "my.json", {});
  REQUIRE(effective.problems.empty());
  for (const std::string& shown : {config::effective_table(effective), config::effective_json(effective)}) {
    CHECK(shown.find("canary") == std::string::npos);
    CHECK(shown.find("/sip/callers/who/0/password") != std::string::npos);
    CHECK(shown.find("anna") != std::string::npos);
  }
  CHECK(effective.holds_secret);
  CHECK(problem_in(R"("callers": {"who": [{"username": "canary-8e1b", "password": "canary-8e1b", "canary-8e1b": 1}]})").find("8e1b") == std::string::npos);
}

TEST_CASE("Each connection limit has the value of the file, or its default if the file does not set it") {
  const auto few = edge_options(R"("connections": {"most": 5, "for_own": 2, "for_known": 2, "per_source": 3, "stranger_time_seconds": 7})").phone.sip.connections;
  CHECK(few.most == 5);
  CHECK(few.for_own == 2);
  CHECK(few.for_known == 2);
  CHECK(few.per_source == 3);
  CHECK(few.stranger_time == std::chrono::seconds(7));
  CHECK(edge_options(R"("connections": {"per_source": 3})").phone.sip.connections.most == sip::ConnectionLimits{}.most);
  CHECK(edge_options(R"("connections": {"most": 97})").phone.sip.connections.most == 97);
  CHECK(begins(problem_in(R"("connections": {"most": 96})"), "/sip/connections/most: found no connection left for unknown peers;"));
  CHECK(begins(problem_in(R"("connections": {"limit": 1})"), "/sip/connections/limit: found an unknown setting;"));
}

TEST_CASE("Request budgets, bans and known peers have the values of the file, or their defaults if the file does not set them") {
  const auto door = edge_options(R"("admission": {"source": {"per_second": 5}, "strangers": {"burst": 9}, "peers": ["192.0.2.7", {"address": "10.0.0.0", "bits": 8}],
                                           "ban_scanners": false, "max_failures": 3, "ban_time_seconds": 60, "forgiven_every_seconds": 7})")
                        .phone.stack.admission;
  const sip::AdmissionOptions usual;
  CHECK(door.on);
  CHECK(door.source.per_second == 5);
  CHECK(door.source.burst == usual.source.burst);
  CHECK(door.strangers.per_second == usual.strangers.per_second);
  CHECK(door.strangers.burst == 9);
  CHECK(door.peer.per_second == usual.peer.per_second);
  CHECK_FALSE(door.ban_scanners);
  CHECK(door.max_failures == 3);
  CHECK(door.ban_time == std::chrono::seconds(60));
  CHECK(door.forgiven_every == std::chrono::seconds(7));
  REQUIRE(door.peers.size() == 2);
  CHECK(door.peers[0].holds(*base::IpAddress::parse("192.0.2.7")));
  CHECK_FALSE(door.peers[0].holds(*base::IpAddress::parse("192.0.2.8")));
  CHECK(door.peers[1].holds(*base::IpAddress::parse("10.9.9.9")));
  CHECK_FALSE(edge_options(R"("admission": {"enabled": false})").phone.stack.admission.on);
  CHECK(edge_options(R"("admission": {})").phone.stack.admission.peers.size() == usual.peers.size());
  CHECK(edge_options(R"("admission": {"peers": []})").phone.stack.admission.peers.empty());
  CHECK(begins(problem_in(R"("admission": {"peers": [{"address": "10.0.0.0", "bits": 33}]})"), "/sip/admission/peers/0/bits: found more bits than the address has;"));
  CHECK(edge_options(R"("admission": {"peers": [{"address": "10.0.0.0", "bits": 32}, {"address": "fd00::", "bits": 128}]})").phone.stack.admission.peers.size() == 2);
  CHECK(begins(problem_in(R"("admission": {"sources": {}})"), "/sip/admission/sources: found an unknown setting;"));
  CHECK(begins(problem_in(R"("admission": {"source": {"per_second": 0}})"), "/sip/admission/source/per_second: found a smaller number (0);"));
}

TEST_CASE("By default Offhook answers challenges of any realm of the PBX, but none in dialogs that the peer began") {
  const auto usual = edge_options(R"("expires_seconds": 300)").account.challenges;
  CHECK(usual.realms.empty());
  CHECK_FALSE(usual.in_peers_dialogs);
  const auto account = edge_options(R"("challenges": {"realms": ["asterisk", {"realm": "pbx.example"}], "in_received_calls": true})").account;
  CHECK(account.challenges.realms == std::vector<std::string>{"asterisk", "pbx.example"});
  CHECK(account.challenges.in_peers_dialogs);
  CHECK(edge_options(R"("challenges": {"realms": ["a", "b", "c", "d"]})").account.challenges.realms.size() == sip::ChallengeOptions::kMaxRealms);
  CHECK(begins(problem_in(R"("challenges": {"realms": ["a", "b", "c", "d", "e"]})"), "/sip/challenges/realms: found a longer list;"));
  CHECK(begins(problem_in(R"("challenges": {"realm": "a"})"), "/sip/challenges/realm: found an unknown setting;"));
  CHECK(begins(problem_in(R"("challenges": {"in_received_calls": "yes"})"), "/sip/challenges/in_received_calls: found text (\"yes\");"));
}

TEST_CASE("datagram_limit_octets sets the size from which requests use TCP; 0 keeps all requests on UDP") {
  CHECK(edge_options(R"("expires_seconds": 300)").phone.stack.datagram_limit == 1300);
  CHECK(edge_options(R"("datagram_limit_octets": 0)").phone.stack.datagram_limit == 0);
  CHECK(edge_options(R"("datagram_limit_octets": 65000)").phone.stack.datagram_limit == 65000);
  CHECK(begins(problem_in(R"("datagram_limit_octets": 65001)"), "/sip/datagram_limit_octets: found a larger number (65001);"));
  CHECK(begins(problem_in(R"("datagram_limit_octets": -1)"), "/sip/datagram_limit_octets: found a smaller number (-1);"));
}

TEST_CASE("A certificate with a wildcard is refused unless the file allows wildcards") {
  CHECK_FALSE(edge_options(R"("tls": {"verify": "required"})", "tls").phone.sip.tls->wildcards);
  CHECK(edge_options(R"("tls": {"wildcards": true})", "tls").phone.sip.tls->wildcards);
  CHECK(begins(problem_in(R"("tls": {"wildcards": 1})"), "/sip/tls/wildcards: found "));
}

TEST_CASE("trusted_peers accepts only addresses, not names") {
  const auto account = edge_options(R"("trusted_peers": ["192.0.2.7", {"address": "2001:db8::7"}])").account;
  CHECK(account.trusted_peers == std::vector{*base::IpAddress::parse("192.0.2.7"), *base::IpAddress::parse("2001:db8::7")});
  CHECK(begins(problem_in(R"("trusted_peers": ["trunk.example"])"), "/sip/trusted_peers/0: found text that is not an address (\"trunk.example\");"));
}

TEST_CASE("The file lists the watchers by name. By default a watcher sees only whether there is a call") {
  CHECK_FALSE(edge_options(R"("expires_seconds": 300)").phone.watched.has_value());
  const auto watched = edge_options(R"("watchers": ["sip:lamp@pbx.example", {"watcher": "desk", "view": "calls"}])").phone.watched;
  REQUIRE(watched);
  REQUIRE(watched->allowed.size() == 2);
  CHECK(watched->allowed[0].who == "sip:lamp@pbx.example");
  CHECK(watched->allowed[0].view == phone::View::Busy);
  CHECK(watched->allowed[1].who == "desk");
  CHECK(watched->allowed[1].view == phone::View::Calls);
  CHECK_FALSE(watched->asks);
  CHECK(begins(problem_in(R"("watchers": [{"view": "all", "watcher": "desk"}])"), "/sip/watchers/0/view:"));
}

TEST_CASE("With parallel registration, the extension has one account at each server, with up to four secondaries") {
  const auto parallel = edge_options(R"("registration": "parallel", "secondaries": ["a", {"host": "2001:db8::7", "port": 5090}])", "tcp");
  CHECK(parallel.account.secondaries.empty());
  CHECK(parallel.account.server.empty());
  REQUIRE(parallel.standby_accounts.size() == 2);
  CHECK(parallel.standby_accounts[0].server == "sip:a;transport=tcp");
  CHECK(parallel.standby_accounts[1].server == "sip:[2001:db8::7]:5090;transport=tcp");
  for (const auto& standby : parallel.standby_accounts) {
    CHECK(standby.registrar == "sip:pbx.example;transport=tcp");
    CHECK(standby.address_of_record == parallel.account.address_of_record);
    CHECK(standby.password == parallel.account.password);
  }
  const auto serial = edge_options(R"("registration": "serial", "secondaries": ["a"])");
  CHECK(serial.standby_accounts.empty());
  CHECK(serial.account.secondaries == std::vector<std::string>{"sip:a"});
  CHECK(edge_options(R"("registration": "parallel", "secondaries": ["a", "b", "c", "d"])").standby_accounts.size() == 4);
  CHECK(begins(problem_in(R"("registration": "parallel", "secondaries": ["a", "b", "c", "d", "e"])"), "/sip/secondaries: found a longer list;"));
  CHECK(begins(problem_in(R"("registration": "paralel")"), "/sip/registration: found an unknown word (\"paralel\"); allowed: \"serial\", \"parallel\", \"none\"; did you mean \"parallel\"?"));
  CHECK(begins(problem_in(R"("registration": 2)"), "/sip/registration: found "));
  CHECK(begins(problem_in(R"("registration": "parallel", "secondaries": ["a"], "outbound_proxy": {"host": "b"})"),
               "/sip/registration: found \"parallel\" together with /sip/outbound_proxy, which all registrations would pass through; allowed: \"serial\"; "));
  const auto alone = config::read_text(file(R"("registration": "parallel")"), "my.json", {});
  REQUIRE(alone.warnings.size() == 1);
  CHECK(alone.warnings[0].where == "/sip/registration");
  CHECK(agent::registrations_of(alone.config) == 1);
}

TEST_CASE("Without registration, the trunk has the addresses of the configured servers, and needs no password") {
  const auto no_variable = [](const std::string&) { return std::nullopt; };
  const std::string head = R"({"sip": {"extension": "+493012345", "registration": "none", "bind_port": 5060, )";
  const auto parsed = config::parse(head + R"("host": "[2001:db8::1]", "outbound_proxy": {"host": "192.0.2.5"}, "secondaries": ["192.0.2.7", {"host": "2001:db8::2", "port": 5090}]}})", no_variable);
  REQUIRE(parsed);
  const auto account = agent::to_agent_options(*parsed, "").account;
  CHECK_FALSE(account.registers);
  CHECK(account.registrar == "sip:[2001:db8::1]");
  CHECK(account.secondaries.size() == 2);
  std::string trunk;
  for (const auto& address : account.trunk_addresses) trunk += address.to_string() + " ";
  CHECK(trunk == "2001:db8::1 192.0.2.5 192.0.2.7 2001:db8::2 ");
  CHECK(agent::registrations_of(*parsed) == 0);
  CHECK(edge_options(R"("registration": "serial")").account.trunk_addresses.empty());

  const auto first_problem = [&](const std::string& rest) {
    const auto refused = config::parse(head + rest + "}}", no_variable);
    return refused ? "" : to_string(refused.error().front());
  };
  CHECK(begins(first_problem(R"("host": "trunk.example")"), "/sip/host: found a host name together with /sip/registration \"none\"; allowed: an IP address; "));
  CHECK(begins(first_problem(R"("host": "192.0.2.1", "outbound_proxy": {"host": "a"})"), "/sip/outbound_proxy/host: found a host name"));
  CHECK(begins(first_problem(R"("host": "192.0.2.1", "secondaries": ["192.0.2.2", "b"])"), "/sip/secondaries/1/host: found a host name"));
  CHECK(begins(problem_in(R"("registration": "none")"), "/sip/host: found a host name"));

  const auto warned = config::read_text(R"({"sip": {"extension": "1", "host": "192.0.2.1", "registration": "none"}})", "my.json", {});
  REQUIRE(warned.warnings.size() == 1);
  CHECK(warned.warnings[0].where == "/sip/bind_port");
}

TEST_CASE("Offhook verifies identity signatures of callers with the configured files, and signs outgoing calls with the configured key") {
  const auto usual = edge_options(R"("expires_seconds": 300)").phone.identity;
  CHECK_FALSE(usual.verifying);
  CHECK_FALSE(usual.signing);
  const auto both = edge_options(R"("identity": {"trust_file": "roots.pem", "certificates": [{"url": "https://c/a", "file": "/etc/a.pem"}, {"url": "https://c/b", "file": "b.pem"}],
    "max_age_seconds": 30, "failed": "refuse", "sign": {"key": "k.pem", "url": "https://us/c", "attest": "A"}})").phone.identity;
  REQUIRE(both.verifying);
  CHECK(both.verifying->trust_file == "roots.pem");
  REQUIRE(both.verifying->certificates.size() == 2);
  CHECK(both.verifying->certificates[0].url == "https://c/a");
  CHECK(both.verifying->certificates[0].file == "/etc/a.pem");
  CHECK(both.verifying->max_age == std::chrono::seconds(30));
  CHECK(both.verifying->failed == phone::IdentityOptions::Unproven::Refused);
  CHECK(both.verifying->absent == phone::IdentityOptions::Unproven::Taken);
  REQUIRE(both.signing);
  CHECK(both.signing->key_file == "k.pem");
  CHECK(both.signing->certificate_url == "https://us/c");
  CHECK(both.signing->attest == "A");

  CHECK(begins(problem_in(R"("identity": {"trust_file": "a"})"), "/sip/identity/certificates: found a trust_file without certificates"));
  CHECK(begins(problem_in(R"("identity": {"certificates": [{"url": "https://c", "file": "b"}]})"), "/sip/identity/trust_file: found certificates without a trust_file"));
  CHECK(begins(problem_in(R"("identity": {"absent": "refuse"})"), "/sip/identity/absent: found \"refuse\" without /sip/identity/trust_file, so that Offhook verifies no signature"));
  CHECK(begins(problem_in(R"("identity": {"trust_file": "a", "certificates": [{"url": "http://c", "file": "b"}]})"), "/sip/identity/certificates/0/url: found an address without TLS"));
  CHECK(begins(problem_in(R"("identity": {"sign": {"key": "k", "url": "http://c"}})"), "/sip/identity/sign/url: found an address without TLS"));
  CHECK(begins(problem_in(R"("identity": {"sign": {"key": "k"}})"), "/sip/identity/sign/url: found nothing"));
}

TEST_CASE("any_registered() needs one active registration. all_failed() needs every registration to fail, and all_refused() also one wrong password") {
  using Changed = sip::RegistrationChanged;
  agent::Registrations all(2);
  const auto emit = [&](std::uint64_t account, Changed::State state, Changed::Why why = Changed::Why::None, int status = 0, const std::string& reason = "") {
    Changed event;
    event.account = sip::AccountId{account};
    event.state = state;
    event.why = why;
    event.status = status;
    event.reason = reason;
    event.server = account == 1 ? "sip:a" : "sip:b";
    all.on_event(event);
  };
  CHECK_FALSE(all.any_registered());
  CHECK(all.failure() == "no answer");
  emit(1, Changed::State::Failed, Changed::Why::NoAnswer);
  CHECK_FALSE(all.all_failed());  // There is no event about the other registration yet.
  emit(2, Changed::State::Registering);
  CHECK_FALSE(all.all_failed());
  CHECK_FALSE(all.all_ended());
  emit(2, Changed::State::Registered, Changed::Why::None, 200);
  CHECK(all.any_registered());
  CHECK(all.json() == R"([{"server":"sip:a","registered":false},{"server":"sip:b","registered":true}])");
  emit(2, Changed::State::Failed, Changed::Why::Refused, 403, "Forbidden");
  CHECK(all.all_failed());
  CHECK(all.all_ended());
  CHECK_FALSE(all.all_refused());
  CHECK(all.failure() == "403 Forbidden");
  emit(2, Changed::State::Failed, Changed::Why::WrongCredentials, 401, "Unauthorized");
  CHECK(all.all_refused());
  emit(1, Changed::State::Registered);
  CHECK_FALSE(all.all_refused());
  CHECK_FALSE(all.all_ended());
  emit(1, Changed::State::Unregistered);
  CHECK(all.all_ended());
  CHECK_FALSE(all.all_failed());
}

TEST_CASE("The configuration keeps the secrets of callers only in Secret values, whether they come from the file or from a variable") {
  const std::string settings = R"("callers": {"who": [{"username": "anna", "password": "${DOOR}"}, {"username": "bert", "password": "canary-2"}]})";
  const auto parsed = config::parse(file(settings), [](const std::string& name) {
    return name == "DOOR" ? std::optional<std::string>("canary-1") : std::nullopt;
  });
  REQUIRE(parsed);
  CHECK(write_json(parsed->sip.callers).find("canary") == std::string::npos);
  CHECK(write_json(parsed->sip.callers).find("anna") != std::string::npos);
  REQUIRE(parsed->sip.caller_secrets.size() == 2);
  CHECK(to_string(parsed->sip.caller_secrets[0].password) == "***");
  const auto callers = agent::to_agent_options(*parsed, "").phone.stack.callers;
  REQUIRE(callers.who.size() == 2);
  CHECK(callers.who[0].username == "anna");
  CHECK(callers.who[0].password == "canary-1");
  CHECK(callers.who[1].password == "canary-2");
}

TEST_CASE("SRTP is preferred by default, and /sip/srtp_keys selects what outgoing calls offer. Settings of SRTP without effect get a warning") {
  CHECK(edge_options(R"("expires_seconds": 300)").phone.security.srtp == sdp::SrtpPolicy::Preferred);
  CHECK_FALSE(edge_options(R"("srtp": "required")", "tls").phone.security.offers_dtls);
  CHECK(edge_options(R"("srtp_keys": "dtls")").phone.security.offers_dtls);
  CHECK(edge_options(R"("expires_seconds": 300)").phone.ice == phone::IceUse::Accepted);
  CHECK(edge_options(R"("ice": "off")").phone.ice == phone::IceUse::Off);
  CHECK(edge_options(R"("ice": "offer")").phone.ice == phone::IceUse::Offered);
  const auto warned = [](const std::string& settings, const std::string& transport) {
    const auto read = config::read_text(file(settings, transport), "my.json", {});
    std::vector<std::string> places;
    for (const auto& warning : read.warnings) places.push_back(warning.where);
    return places;
  };
  using Places = std::vector<std::string>;
  CHECK(warned(R"("srtp": "required")", "udp") == Places{"/sip/srtp"});
  CHECK(warned(R"("srtp": "required")", "tls") == Places{});
  CHECK(warned(R"("srtp": "required", "srtp_without_tls": true)", "udp") == Places{});
  CHECK(warned(R"("srtp": "off", "srtp_keys": "dtls", "srtp_without_tls": true)", "tls").size() == 2);
}
