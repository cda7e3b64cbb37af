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
  enum class Order { AsListed, Reversed };  ///< Reversed: we sent the request that made the dialog (section 12.1.2).

  /// Where one request goes and what it says about it.
  struct Path {
    std::string request_uri;
    std::vector<std::string> routes;  ///< Route values in order, each a name-addr in <>.
    std::string next_hop;             ///< The URI whose host gets the message.
  };

  RouteSet() = default;
  /// From Record-Route. Errors: those of a name-addr, and TooManyValues over kMaxRoutes.
  [[nodiscard]] static base::Result<RouteSet, ParseError> from_record_route(const Message& message, Order order);
  /// A route that was configured: an outbound proxy, say.
  [[nodiscard]] static RouteSet through(std::string_view uri);

  /// Loose and strict first hops: RFC 3261 section 12.2.1.1.
  [[nodiscard]] Path path_to(std::string_view remote_target) const;
  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  [[nodiscard]] bool empty() const { return values_.empty(); }

 private:
  std::vector<std::string> values_;
};

/// What may stand in a request line: the URI without its header part and method parameter. RFC 3261 sections 12.2.1.1, 19.1.1.
[[nodiscard]] std::string as_request_uri(const Uri& uri);

}  // namespace offhook::inline v0::sip
