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

/// The addresses of a host, in the order in which to try them: the families by turns, IPv6 first (RFC 8305 section 4). Those to which this machine has no
/// route are left out, unless it has one to none.
struct HostAddresses {
  std::vector<base::IpAddress> addresses;
  std::string trouble;  ///< in a few words, where there are none
};

/// Finds the addresses of hosts by the hosts file and by name servers (c-ares), on one io_context and its thread. A name server that does not answer for
/// one host delays no other; nothing blocks but the reading of the hosts file.
///
/// What was found counts for its time to live, kMostFresh at most. When no name server answers later, it counts again, however old it is: a provider that
/// was reached a minute ago is reached while the name servers are silent. A host that the name servers say is none has no addresses.
class HostLookup {
 public:
  static constexpr std::size_t kMaxHosts = 64;       ///< whose addresses are kept; one more takes the place of the one looked up longest ago
  static constexpr std::size_t kMaxAddresses = 16;   ///< of one host
  static constexpr base::Duration kLimit = std::chrono::seconds(3);         ///< for one look-up
  static constexpr base::Duration kMostFresh = std::chrono::seconds(60);
  static constexpr base::Duration kOldFor = std::chrono::seconds(10);       ///< so long old addresses count again without a question
  static constexpr base::Duration kOtherFamily = std::chrono::milliseconds(50);  ///< to wait for it: RFC 8305 section 3

  using Done = std::function<void(const HostAddresses&)>;

  explicit HostLookup(boost::asio::io_context& io, sip::DnsOptions options = {});
  ~HostLookup();  ///< who still waits is told nothing
  HostLookup(const HostLookup&) = delete;
  HostLookup& operator=(const HostLookup&) = delete;

  /// Whether a name server can be asked about it: no address, and no name outside of ASCII.
  [[nodiscard]] static bool can_look_up(const std::string& host);
  /// Addresses that need no question: the host is one, or was looked up lately.
  [[nodiscard]] std::optional<HostAddresses> known(const std::string& host);
  /// `done` is called once, later, within `limit` and kLimit.
  void find(const std::string& host, base::Duration limit, Done done);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent::net
