#include <offhook/agent/net/proxy.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using agent::net::parse_no_proxy;
using agent::net::parse_proxy;
using agent::net::ProxyRules;

TEST_CASE("parse_proxy accepts a URL with a port, and optional credentials for the proxy [RFC 7617 section 2]") {
  const auto plain = parse_proxy("http://proxy.example:3128");
  REQUIRE(plain);
  CHECK(plain->host == "proxy.example");
  CHECK(plain->port == 3128);
  CHECK(plain->authorization().empty());
  CHECK(plain->shown() == "http://proxy.example:3128");
  CHECK(parse_proxy("HTTP://proxy.example:3128/")->port == 3128);
  CHECK(parse_proxy("192.0.2.1:8080")->host == "192.0.2.1");
  CHECK(parse_proxy("http://[2001:db8::1]:8080")->shown() == "http://[2001:db8::1]:8080");
  const auto known = parse_proxy("http://Aladdin:open%20sesame@proxy.example:3128");
  REQUIRE(known);
  CHECK(known->authorization() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(known->shown() == "http://proxy.example:3128");
  CHECK(parse_proxy("http://me:a@b:c@proxy.example:1")->credentials.reveal() == "me:a@b:c");
  CHECK(parse_proxy("http://me@proxy.example:1")->credentials.reveal() == "me:");
}

TEST_CASE("parse_proxy refuses text that is not a proxy, and its error quotes no part of the text") {
  const auto why = [](const char* text) { return parse_proxy(text).error(); };
  for (const char* other : {"socks5://canary:1", "https://canary:1", "ftp://canary:1"}) CHECK(why(other) == "a proxy of another kind than http");
  for (const char* open : {"http://canary", "canary", "", "http://[2001:db8::1]", "http://me:word@canary", "http://canary:", "canary:", "http://[2001:db8::1]:/"}) CHECK(why(open) == "a proxy without a port");
  for (const char* none : {"http://canary:0", "http://canary:65536", "http://canary:x", "http://:1", "http://canary:1/path", "http://canary:1?x", "http://can ary:1", "http://canary:1#x"}) {
    CAPTURE(none);
    CHECK(why(none) == "text that is not a proxy");
  }
  CHECK(why("http://a%3Ab:c@canary:1") == "a user name that contains a colon");
}

TEST_CASE("no_proxy lists names (with their subdomains), addresses and networks. Offhook always reaches this machine without a proxy") {
  ProxyRules rules;
  rules.for_https = *parse_proxy("http://proxy.example:1");
  rules.direct = *parse_no_proxy(" .Corp.example, 192.0.2.0/25 198.51.100.7,[2001:db8::1],2001:db8:1::/49, host.example.,,10.0.0.0/33,0.0.0.0/x");
  const auto is_direct = [&rules](const char* host) { return rules.find(true, host) == nullptr; };
  for (const char* host : {"corp.example", "a.CORP.example", "a.corp.example.", "192.0.2.0", "192.0.2.127", "198.51.100.7", "2001:db8::1", "[2001:db8::1]", "2001:db8:1:7fff::1",
                           "host.example", "localhost", "x.localhost", "127.0.0.1", "127.8.9.10", "::1"}) {
    CAPTURE(host);
    CHECK(is_direct(host));
  }
  for (const char* host : {"notcorp.example", "corp.example.org", "192.0.2.128", "198.51.100.8", "2001:db8::2", "2001:db8:1:8000::1", "example", "10.0.0.1", "localhost.example"}) {
    CAPTURE(host);
    CHECK_FALSE(is_direct(host));
  }
  CHECK(rules.find(false, "example") == nullptr);  // The proxy for https does not apply to http.
  rules.direct = {"*"};
  CHECK(is_direct("anything"));
  CHECK(is_direct("192.0.2.200"));
}

TEST_CASE("parse_no_proxy accepts a list of kMaxDirect hosts, and refuses a longer list [ProxyRules::kMaxDirect]") {
  std::string list;
  for (std::size_t i = 0; i < ProxyRules::kMaxDirect; ++i) list += "h" + std::to_string(i) + ",";
  CHECK(parse_no_proxy(list)->size() == ProxyRules::kMaxDirect);
  CHECK_FALSE(parse_no_proxy(list + "more"));
  CHECK(parse_no_proxy("")->empty());
  CHECK(parse_no_proxy(" , ,")->empty());
}

TEST_CASE("shown() contains no passwords") {
  ProxyRules rules;
  CHECK(rules.shown() == "none");
  rules.for_https = *parse_proxy("http://me:canary@proxy.example:1");
  CHECK(rules.shown() == "http://proxy.example:1 for https");
  rules.for_http = *parse_proxy("http://other.example:2");
  CHECK(rules.shown() == "http://proxy.example:1 for https, http://other.example:2 for http");
  rules.for_http = rules.for_https;
  CHECK(rules.shown() == "http://proxy.example:1");
}
