#include <offhook/agent/demo/web_page.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook;
using namespace offhook::agent::demo;

namespace {

using Hosts = std::vector<std::string>;

Hosts hosts_at(const char* ip, std::uint16_t port) { return web_hosts({*base::IpAddress::parse(ip), port}); }

std::string field_of(const sip::WebPages& pages, std::string_view name) {
  const auto found = std::find_if(pages.fields.begin(), pages.fields.end(), [&](const auto& field) { return field.first == name; });
  return found == pages.fields.end() ? "" : found->second;
}

}  // namespace

TEST_CASE("web_hosts returns the Host fields of browsers: without the port of HTTPS, IPv6 in brackets, and for a loopback address also localhost") {
  CHECK(hosts_at("192.0.2.7", 8443) == Hosts{"192.0.2.7:8443"});
  CHECK(hosts_at("192.0.2.7", 443) == Hosts{"192.0.2.7"});
  CHECK(hosts_at("127.0.0.1", 443) == Hosts{"127.0.0.1", "localhost"});
  CHECK(hosts_at("::1", 8443) == Hosts{"[::1]:8443", "localhost:8443"});
  CHECK(hosts_at("2001:db8::1", 443) == Hosts{"[2001:db8::1]"});
}

TEST_CASE("The policy of the pages allows their own files and WebSocket, by each host that a policy can name") {
  const auto policy = [](Hosts hosts) { return field_of(web_pages(std::move(hosts)), "Content-Security-Policy"); };
  CHECK(policy({"127.0.0.1:8443", "localhost:8443"}) ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' wss://127.0.0.1:8443 wss://localhost:8443"
        "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  CHECK(policy({"[::1]:8443", "localhost:8443"}).find("connect-src 'self' wss://localhost:8443;") != std::string::npos);
}

TEST_CASE("The pages are the files of the page, within the bounds of a listener. They load nothing from elsewhere, and have no script or style within the HTML") {
  const auto pages = web_pages({"127.0.0.1:8443"});
  CHECK(pages.is_usable());
  CHECK(pages.hosts == Hosts{"127.0.0.1:8443"});
  CHECK(field_of(pages, "Cache-Control") == "no-store");
  for (const auto& [path, type] : {std::pair{"/", "text/html; charset=utf-8"}, std::pair{"/page.css", "text/css; charset=utf-8"}, std::pair{"/icon.svg", "image/svg+xml"},
                                   std::pair{"/page.js", "text/javascript; charset=utf-8"}, std::pair{"/phone.js", "text/javascript; charset=utf-8"},
                                   std::pair{"/sip.js", "text/javascript; charset=utf-8"}})
    CHECK_MESSAGE(std::any_of(pages.pages.begin(), pages.pages.end(), [&](const auto& page) { return page.path == path && page.type == type && !page.body.empty(); }), path);
  for (const auto& page : pages.pages) {
    for (const char* other : {"src=\"http", "href=\"http", "=\"//", "url(", "@import", "from 'http", "from \"http", "import('http", "import(\"http", "fetch(", "XMLHttpRequest",
                              "sendBeacon", "style=\"", "onclick=", "innerHTML", "eval("})
      CHECK_MESSAGE(page.body.find(other) == std::string::npos, page.path, " ", other);
  }
}
