#include <offhook/agent/phone/media_place.hpp>

namespace offhook::inline v0::phone {

MediaPlace place_for(const PlaceFacts& facts) {
  MediaPlace place{.local = facts.local};
  place.is_hidden = facts.peer && facts.peer->is_public() && !facts.local.is_public();
  if (!place.is_hidden) return place;
  const auto is_usable = [&](const std::optional<base::IpAddress>& ip) { return ip && ip->is_public() && ip->is_v6() == facts.local.is_v6(); };
  place.asks_servers = !is_usable(facts.configured);
  if (is_usable(facts.configured)) place.as_seen = facts.configured;
  else if (is_usable(facts.seen)) place.as_seen = facts.seen;
  return place;
}

}  // namespace offhook::inline v0::phone
