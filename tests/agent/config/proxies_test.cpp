#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/proxies.hpp>
#include <offhook/agent/config/report.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace config = offhook::agent::config;

namespace {

using Variables = std::map<std::string, std::string>;

config::Effective with_network(const std::string& network, const Variables& variables = {}) {
  const auto environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return config::read_text(R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example"}, "network": )" + network + "}", "my.json",
                           {std::nullopt, environment, {}, {}});
}

std::string shown(const std::string& network, const Variables& variables = {}) {
  const auto effective = with_network(network, variables);
  if (effective.problems.empty()) return effective.config.proxies.shown();
  return effective.problems.front().where + ": " + effective.problems.front().found;
}

}  // namespace

TEST_CASE("Without /network/proxy, the environment names the proxies, as for curl. Offhook ignores HTTP_PROXY") {
  CHECK(shown("{}") == "none");
  CHECK(shown("{}", {{"https_proxy", "http://a:1"}, {"HTTPS_PROXY", "http://b:2"}}) == "http://a:1 for https");
  CHECK(shown("{}", {{"HTTPS_PROXY", "http://b:2"}, {"HTTP_PROXY", "http://c:3"}}) == "http://b:2 for https");
  CHECK(shown("{}", {{"http_proxy", "c:3"}, {"https_proxy", ""}}) == "http://c:3 for http");
  CHECK(shown(R"({"proxy": "environment"})", {{"https_proxy", "http://a:1"}, {"http_proxy", "http://a:1"}}) == "http://a:1");
  const auto direct = with_network(R"({"no_proxy": "lan.example"})", {{"https_proxy", "http://a:1"}, {"no_proxy", "x.example"}, {"NO_PROXY", "y.example"}}).config.proxies;
  CHECK(direct.direct == std::vector<std::string>{"x.example", "lan.example"});
  CHECK(with_network("{}", {{"NO_PROXY", "y.example"}}).config.proxies.direct == std::vector<std::string>{"y.example"});
}

TEST_CASE("A proxy in the file applies to all requests. If the file sets a proxy or \"none\", the variables have no effect") {
  const Variables variables{{"https_proxy", "socks5://a:1"}, {"no_proxy", "x.example"}};
  CHECK(shown(R"({"proxy": "none"})", variables) == "none");
  CHECK(shown(R"({"proxy": "http://b:2"})", variables) == "http://b:2");
  CHECK(with_network(R"({"proxy": "http://b:2"})", variables).config.proxies.direct.empty());
}

TEST_CASE("A problem with a proxy names its setting or variable, and shows neither the proxy nor its password") {
  CHECK(shown("{}", {{"HTTPS_PROXY", "socks5://canary:1"}}) == "HTTPS_PROXY: a proxy of another kind than http");
  CHECK(shown("{}", {{"http_proxy", "http://canary"}}) == "http_proxy: a proxy without a port");
  CHECK(shown(R"({"proxy": "http://me:canary@proxy"})") == "/network/proxy: a proxy without a port");
  std::string hosts = "a";
  for (std::size_t i = 1; i < offhook::agent::net::ProxyRules::kMaxDirect; ++i) hosts += ",a";
  CHECK(shown(R"({"no_proxy": ")" + hosts + "\"}") == "none");
  CHECK(shown(R"({"no_proxy": ")" + hosts + ",a\"}") == "/network/no_proxy: a longer list");
  const auto effective = with_network(R"({"proxy": "http://me:canary@proxy.example:3128"})");
  CHECK(effective.problems.empty());
  CHECK(effective.config.proxies.for_http->credentials.reveal() == "me:canary");
  CHECK(config::effective_table(effective).find("canary") == std::string::npos);
  CHECK(config::effective_json(effective).find("canary") == std::string::npos);
}
