#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent::net {

/// The addresses of a host, in the order in which to try them: IPv6 and IPv4 alternate, IPv6 first (RFC 8305 section 4). Addresses to which this
/// machine has no route are omitted, unless it has a route to none of the addresses.
struct HostAddresses {
  std::vector<base::IpAddress> addresses;
  std::string trouble;  ///< the cause in a few words, if `addresses` is empty
};

/// Finds the addresses of hosts with the hosts file and the name servers (c-ares), on one io_context and its thread. A name server that does not
/// answer for one host delays no other host. Only reading the hosts file blocks.
///
/// A result is valid for its time to live, at most kMostFresh. If no name server answers a later query, the old result is valid again, at any age. A
/// provider that was reached once therefore stays reachable while the name servers are silent. If the name servers answer that a host does not exist,
/// its old result is discarded.
class HostLookup {
 public:
  static constexpr std::size_t kMaxHosts = 64;       ///< hosts whose addresses are kept; a further host replaces the host with the oldest look-up
  static constexpr std::size_t kMaxAddresses = 16;   ///< addresses of one host
  static constexpr base::Duration kLimit = std::chrono::seconds(3);         ///< upper limit of the time of one look-up
  static constexpr base::Duration kMostFresh = std::chrono::seconds(60);
  static constexpr base::Duration kOldFor = std::chrono::seconds(10);       ///< time for which an old result is valid again, before the next query
  static constexpr base::Duration kOtherFamily = std::chrono::milliseconds(50);  ///< wait for the addresses of the second family: RFC 8305 section 3

  using Done = std::function<void(const HostAddresses&)>;

  explicit HostLookup(boost::asio::io_context& io, sip::DnsOptions options = {});
  ~HostLookup();  ///< does not call pending `done` functions
  HostLookup(const HostLookup&) = delete;
  HostLookup& operator=(const HostLookup&) = delete;

  /// Returns true if a name server can be queried for `host`: it is a valid host name in ASCII, and not an IP address.
  [[nodiscard]] static bool can_look_up(const std::string& host);
  /// Returns the addresses if `host` is an address, or has a result that is still valid. Otherwise returns nullopt. Sends no query.
  [[nodiscard]] std::optional<HostAddresses> known(const std::string& host);
  /// Looks up `host`. Calls `done` once, after this function has returned, and within the shorter of `limit` and kLimit.
  void find(const std::string& host, base::Duration limit, Done done);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

/// Looks up `host`, and waits for the answer, at most HostLookup::kLimit. Calls `is_interrupted` meanwhile; if it returns true, returns no addresses and an
/// empty `trouble`.
[[nodiscard]] HostAddresses look_up(const std::string& host, const std::function<bool()>& is_interrupted);

}  // namespace offhook::inline v0::agent::net
