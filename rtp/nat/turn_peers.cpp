#include <offhook/rtp/nat/turn_peers.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

std::string_view to_string(TurnPeerError error) {
  switch (error) {
    case TurnPeerError::NotAllocated: return "there is no allocation";
    case TurnPeerError::WrongFamily: return "the allocation has no address of the peer's family";
    case TurnPeerError::TooMany: return "too many peers";
  }
  return "unknown";
}

base::Result<void, TurnPeerError> TurnPeers::permit(const base::SocketAddress& peer, base::TimePoint now) {
  if (find({peer}) != nullptr) return {};
  if (permissions_.size() == TurnChannels::kMaxPermissions) return base::fail(TurnPeerError::TooMany);
  permissions_.push_back({.what = {peer}, .ask_at = now});
  return {};
}

base::Result<void, TurnPeerError> TurnPeers::bind(const base::SocketAddress& peer, base::TimePoint now) {
  drop_unreserved(now);
  const auto known = std::find_if(channels_.begin(), channels_.end(), [&](const Entry& entry) { return entry.what.peer == peer; });
  if (known != channels_.end()) {
    if (!known->is_wanted) known->ask_at = now;
    known->is_wanted = true;
    return {};
  }
  if (channels_.size() == TurnChannels::kMaxChannels) return base::fail(TurnPeerError::TooMany);
  channels_.push_back({.what = {peer, free_number()}, .ask_at = now});
  return {};
}

void TurnPeers::forget(const base::IpAddress& peer) {
  std::erase_if(permissions_, [&](const Entry& entry) { return entry.what.peer.ip == peer; });
  for (Entry& channel : channels_) {
    if (channel.what.peer.ip != peer) continue;
    channel.is_wanted = false;
    channel.ask_at.reset();
  }
}

void TurnPeers::clear() {
  permissions_.clear();
  channels_.clear();
}

std::optional<TurnPeers::Request> TurnPeers::next_due(base::TimePoint now) {
  for (auto* entries : {&permissions_, &channels_}) {
    const auto due = std::find_if(entries->begin(), entries->end(), [now](const Entry& entry) { return entry.ask_at && *entry.ask_at <= now; });
    if (due == entries->end()) continue;
    due->ask_at.reset();
    due->reserved_until = now + kReserved;
    return due->what;
  }
  return std::nullopt;
}

TurnPeers::Outcome TurnPeers::on_granted(const Request& request, base::TimePoint now) {
  Entry* entry = find(request);
  if (entry == nullptr || !entry->is_wanted) return Outcome::Ignored;
  const bool is_new = entry->granted_until <= now;
  entry->granted_until = now + (request.channel != 0 ? kChannelLifetime : kPermissionLifetime);
  entry->ask_at = now + (request.channel != 0 ? kChannelRefresh : kPermissionRefresh);
  return is_new ? Outcome::Ready : Outcome::Ignored;
}

TurnPeers::Outcome TurnPeers::on_refused(const Request& request, bool is_final, base::TimePoint now) {
  Entry* entry = find(request);
  if (entry == nullptr || !entry->is_wanted) return Outcome::Ignored;
  if (!is_final && now + kRetry < entry->granted_until) {
    entry->ask_at = now + kRetry;
    return Outcome::Ignored;
  }
  if (request.channel != 0) {
    entry->is_wanted = false;  // The entry stays, so that its number stays reserved.
  } else {
    permissions_.erase(permissions_.begin() + (entry - permissions_.data()));
  }
  return Outcome::Lost;
}

std::optional<base::TimePoint> TurnPeers::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto* entries : {&permissions_, &channels_}) {
    for (const Entry& entry : *entries) {
      if (entry.ask_at) first = std::min(*entry.ask_at, first.value_or(*entry.ask_at));
    }
  }
  return first;
}

TurnChannels TurnPeers::channels(StunTransport transport, base::TimePoint now) const {
  TurnChannels all(transport);
  for (const Entry& entry : permissions_) {
    if (entry.granted_until > now) all.add_permission(entry.what.peer.ip);
  }
  for (const Entry& entry : channels_) {
    if (entry.is_wanted) all.add_channel(entry.what.peer, entry.what.channel, entry.granted_until > now);
  }
  return all;
}

TurnPeers::Entry* TurnPeers::find(const Request& request) {
  auto& entries = request.channel != 0 ? channels_ : permissions_;
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) {
    return request.channel != 0 ? entry.what.channel == request.channel : entry.what.peer.ip == request.peer.ip;
  });
  return found == entries.end() ? nullptr : &*found;
}

std::uint16_t TurnPeers::free_number() const {
  constexpr std::uint16_t kFirst = 0x4000;  // RFC 8656 section 12: 0x4000 to 0x4fff
  std::uint16_t number = kFirst;
  while (std::any_of(channels_.begin(), channels_.end(), [number](const Entry& entry) { return entry.what.channel == number; })) ++number;
  return number;
}

void TurnPeers::drop_unreserved(base::TimePoint now) {
  std::erase_if(channels_, [now](const Entry& entry) { return !entry.is_wanted && entry.reserved_until <= now; });
}

}  // namespace offhook::inline v0::rtp
