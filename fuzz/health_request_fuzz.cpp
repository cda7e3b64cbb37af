// The input is a request to the health port. Bits of the first octet say whether the port listens on a loopback address, and whether a
// token is set. Checks that every response has a status and header fields of the health port. Checks that only a POST that does not come
// from a page in a browser can pause a recording. Checks that a request without the token gets no data and pauses nothing.
#include "require.hpp"

#include <offhook/agent/ops/detail/health_exchange.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent;
using offhook::fuzz::require;

namespace http = boost::beast::http;

namespace {

constexpr std::string_view kCalls = R"({"calls":["secret"]})";

struct World {
  std::string ordered;
  HealthPages pages{[] { return Health{false, "{}"}; }, [] { return std::string(kCalls); }, [] { return std::string("offhook_calls 0\n"); },
                    [this](const std::string& call, bool paused) {
                      ordered = call;
                      return HealthReply{paused ? 200U : 404U, "{}"};
                    }};
};

void judge(const detail::HealthRequest& request, const World& world, const detail::HealthResponse& response, bool on_loopback) {
  static constexpr std::array kStatuses{200U, 400U, 401U, 403U, 404U, 405U, 413U, 421U, 503U};
  const unsigned status = response.result_int();
  require(std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end());
  require((response.body().ends_with('\n') || request.method() == http::verb::head) && !response.keep_alive() && response[http::field::cache_control] == "no-store");
  require(response.has_content_length() && response.count(http::field::content_type) == 1);
  const bool shown = response.body().starts_with(kCalls);
  if (shown) require(request.method() == http::verb::get || request.method() == http::verb::head);
  if (!world.ordered.empty()) {
    require(request.method() == http::verb::post && request.count(http::field::origin) == 0);
    require(world.ordered.find_first_of("/?#%") == std::string::npos);
  }
  if (shown || !world.ordered.empty()) {
    require(request.count(http::field::host) <= 1);
    const auto authorization = request[http::field::authorization];
    const bool has_token = !world.pages.token.empty() && authorization.ends_with(world.pages.token);
    require(has_token || world.pages.token.empty());
    const auto host = request[http::field::host];
    require(!on_loopback || has_token || host.empty() || host.find("127.") != host.npos || host.find(':') != host.npos || host.size() <= sizeof("localhost."));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool on_loopback = (data[0] & 1U) != 0;
  detail::HealthParser parser;
  detail::set_limits(parser);
  boost::system::error_code error;
  for (std::size_t at = 1; at < size && !parser.is_done();) {
    const std::size_t taken = parser.put(boost::asio::buffer(data + at, size - at), error);
    if (error || taken == 0) break;
    at += taken;
  }
  const bool has_body = error == http::error::body_limit;
  if (!has_body && (error || !parser.is_done())) return 0;  // Before the header is complete, the server sends no response.
  World world;
  if ((data[0] & 2U) != 0) world.pages.token = "0123456789abcdef";
  const auto response = detail::respond(parser.get(), has_body, world.pages, on_loopback);
  judge(parser.get(), world, response, on_loopback);
  return 0;
}
