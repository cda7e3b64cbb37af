#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// The proxies that every request within a dialog passes, nearest first. Owns its text. RFC 3261 section 12.
class RouteSet {
 public:
  enum class Order { AsListed, Reversed };  ///< Reversed: we sent the request that created the dialog (section 12.1.2)

  /// The destination of one request, and the header values that describe it.
  struct Path {
    std::string request_uri;
    std::vector<std::string> routes;  ///< Route values in order, each a name-addr in <>
    std::string next_hop;             ///< the URI whose host receives the message
  };

  RouteSet() = default;
  /// Makes a route set from Record-Route. Errors: those of a name-addr, and TooManyValues over kMaxRoutes.
  [[nodiscard]] static base::Result<RouteSet, ParseError> from_record_route(const Message& message, Order order);
  /// Makes a route set with one configured route, such as an outbound proxy.
  [[nodiscard]] static RouteSet through(std::string_view uri);

  /// Returns the path of a request, for a loose or strict first hop: RFC 3261 section 12.2.1.1.
  [[nodiscard]] Path path_to(std::string_view remote_target) const;
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }

 private:
  std::vector<std::string> values_;
};

/// Returns the URI as a request line may contain it: without its header part and method parameter. RFC 3261 sections 12.2.1.1,
/// 19.1.1.
[[nodiscard]] std::string as_request_uri(const Uri& uri);

}  // namespace offhook::inline v0::sip
