#include <offhook/sip/transport/listeners.hpp>

#include <offhook/sip/locate/services.hpp>

namespace offhook::inline v0::sip::detail {

namespace {

/// Returns how well a listener suits a peer to which packets leave from `source`; 0 means that it does not suit.
int fit(const Listeners::Bound& bound, const base::IpAddress& remote, const std::optional<base::IpAddress>& source) {
  if (bound.local.ip.is_v6() != remote.is_v6()) return bound.both_families && remote.is_v4() ? 2 : 0;
  if (source && bound.local.ip == *source) return 4;
  return bound.local.ip.is_unspecified() ? 3 : 1;
}

}  // namespace

const Listeners::Bound* Listeners::best(std::optional<Transport> transport, const base::IpAddress& remote,
                                        const std::optional<base::IpAddress>& source) const {
  const Bound* chosen = nullptr;
  int most = 0;
  for (const Bound& bound : bound_) {
    if (transport && bound.transport != *transport) continue;
    const int suits = fit(bound, remote, source);
    if (suits <= most) continue;
    most = suits;
    chosen = &bound;
  }
  return chosen;
}

std::optional<Listeners::Way> Listeners::towards(Transport transport, const base::IpAddress& remote) const {
  const auto source = route_source_(remote);
  const Bound* bound = best(transport, remote, source);
  if (bound == nullptr) {
    if (!is_reliable(transport) || !source) return std::nullopt;
    // The port is the connection's local one, which is not known yet.
    return Way{{*source, 0}, {}};
  }
  if (!bound->local.ip.is_unspecified()) return Way{bound->local, bound->socket};
  if (!source) return std::nullopt;
  return Way{{*source, bound->local.port}, bound->socket};
}

std::optional<base::IpAddress> Listeners::address_towards(const base::IpAddress& remote) const {
  const auto source = route_source_(remote);
  const Bound* bound = best(std::nullopt, remote, source);
  return bound != nullptr && !bound->local.ip.is_unspecified() ? bound->local.ip : source;
}

}  // namespace offhook::inline v0::sip::detail
