#pragma once

#include <offhook/agent/ops/health_server.hpp>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>

/// One request to the health port and its response, without a socket: for health_server.cpp and its fuzz target.
namespace offhook::inline v0::agent::detail {

inline constexpr std::uint32_t kMaxHeaderBytes = 8192;

using HealthRequest = boost::beast::http::request<boost::beast::http::empty_body>;
using HealthResponse = boost::beast::http::response<boost::beast::http::string_body>;
using HealthParser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

/// Sets kMaxHeaderBytes as the limit of the header, and 0 as the limit of the body.
void set_limits(HealthParser& parser);

/// Returns the whole response. `has_body` is true if the request has a body, `on_loopback` if the port listens on a loopback address.
[[nodiscard]] HealthResponse respond(const HealthRequest& request, bool has_body, const HealthPages& pages, bool on_loopback);

}  // namespace offhook::inline v0::agent::detail
