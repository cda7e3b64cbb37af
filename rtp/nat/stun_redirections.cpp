#include <offhook/rtp/nat/stun_redirections.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

base::Result<base::SocketAddress, StunRedirections::Error> StunRedirections::follow(const StunMessage& answer, const base::SocketAddress& present) {
  const auto named = answer.addresses(StunAttribute::AlternateServer);
  const auto next = std::find_if(named.begin(), named.end(), [&](const auto& one) { return one.ip.is_v6() == present.ip.is_v6() && one.port != 0; });
  if (next == named.end()) return base::fail(Error::NoServer);
  if (from_.size() == kMax) return base::fail(Error::TooMany);
  from_.push_back(present);
  if (std::find(from_.begin(), from_.end(), *next) != from_.end()) return base::fail(Error::TooMany);
  return *next;
}

}  // namespace offhook::inline v0::rtp
