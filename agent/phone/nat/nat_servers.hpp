#pragma once

#include <offhook/agent/phone/nat/stream_links.hpp>
#include <offhook/agent/phone/nat/nat_options.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/server_uri.hpp>
#include <offhook/rtp/nat/stun_credential.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::phone {

/// A STUN or TURN server as one call uses it.
struct NatServer {
  std::size_t number = 0;                ///< index in NatOptions::servers
  rtp::NatServerUri uri;
  base::SocketAddress address;
  rtp::StunCredential credential;
};

/// The STUN and TURN servers of an endpoint, with their present addresses. Use it on the endpoint's thread.
class NatServers {
 public:
  static constexpr base::Duration kLookUpAgain = std::chrono::minutes(5), kAvoidFor = std::chrono::minutes(1), kRetry = std::chrono::seconds(10);

  using Find = std::function<void(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done)>;
  using After = std::function<void(base::Duration, std::function<void()>)>;

  /// Errors: a text for users.
  [[nodiscard]] static base::Result<std::shared_ptr<NatServers>, std::string> make(NatOptions options);

  /// Looks up the servers' names now, and again every kLookUpAgain. `find` and `after` must be callable as long as this object exists. `tell` reports each
  /// server that fails, with the reason.
  void look_up(Find find, After after, std::function<void(const std::string& uri, const std::string& why)> tell);

  /// Returns the servers with an address of this family. Omits servers that avoid() got in the last kAvoidFor, because a call would wait for them in vain.
  /// wall_now  seconds since 1970-01-01 UTC, for time-limited credentials
  [[nodiscard]] std::vector<NatServer> usable(bool is_v6, base::TimePoint now, std::int64_t wall_now) const;
  /// Call this when the server with this number has failed for the reason `why`: usable() then omits the server for kAvoidFor.
  void avoid(std::size_t number, std::string_view why, base::TimePoint now);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] const std::optional<base::IpAddress>& public_address() const { return options_.public_address; }
  [[nodiscard]] StreamLinks& links() { return links_; }

 private:
  struct Entry {
    rtp::NatServerUri uri;
    std::vector<base::IpAddress> addresses;
    base::TimePoint avoided_until{};
  };
  explicit NatServers(NatOptions options) : options_(std::move(options)), links_(options_.ca_file) {}
  void look_up(std::size_t number);

  NatOptions options_;
  std::vector<Entry> entries_;
  StreamLinks links_;
  Find find_;
  After after_;
  std::function<void(const std::string&, const std::string&)> tell_;
};

}  // namespace offhook::inline v0::phone
