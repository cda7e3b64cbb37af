#include <offhook/agent/net/detail/curl_transfer.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent::net;

namespace {

/// Returns the error of a plain HTTP request to `host`, which has these addresses. No server listens at the port of the URL.
std::optional<NetError> error_at(const std::vector<const char*>& addresses) {
  detail::start_curl();
  CurlOptions options;
  options.local_only = true;
  HttpRequest request;
  request.url = "http://two.example:1/";
  std::optional<NetError> error;
  HttpHandler handler;
  handler.on_end = [&error](std::optional<NetError> got) { error = std::move(got); };
  const auto transfer = std::make_shared<detail::CurlTransfer>(std::move(request), std::move(handler), options);
  std::vector<base::IpAddress> all;
  for (const char* address : addresses) all.push_back(*base::IpAddress::parse(address));
  transfer->set_addresses(all, {});
  transfer->end(curl_easy_perform(transfer->easy()));
  transfer->deliver();
  transfer->free();
  return error;
}

}  // namespace

TEST_CASE("If CurlTransfer may connect only to the local network, it reports the failure of the last address that it tried") {
  const auto refused = error_at({"192.0.2.1", "127.0.0.1"});
  REQUIRE(refused);
  CHECK(refused->what == NetError::What::Refused);
  for (const auto& outside : {error_at({"192.0.2.1"}), error_at({"127.0.0.1", "192.0.2.1"})}) {
    REQUIRE(outside);
    CHECK(outside->what == NetError::What::Local);
    CHECK(outside->detail.find("is outside the local network") != std::string::npos);
  }
}
