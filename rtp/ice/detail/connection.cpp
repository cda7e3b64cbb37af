#include <offhook/rtp/ice/detail/connection.hpp>

#include <offhook/rtp/ice/detail/binding.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {

bool IceConnection::select(std::uint16_t component, const IceSelectedPair& pair, base::TimePoint now) {
  auto& link = links_[component - 1U];
  if (link && link->pair.priority > pair.priority && now < link->last_heard + kAliveFor) return false;
  if (link && link->pair.path() == pair.path()) return true;
  link.emplace(pair, now);
  if (context_.options.lite)
    link->keepalive_at = now + kKeepalive;
  else
    link->consent.emplace(now, context_.random);
  return true;
}

void IceConnection::on_heard(const IceRoute& route, base::TimePoint now) {
  for (auto& link : links_) {
    if (link && link->pair.path() == IcePath{route.base, route.from}) link->last_heard = now;
  }
}

bool IceConnection::is_complete(std::uint16_t components) const {
  return std::all_of(links_.begin(), links_.begin() + components, [](const auto& link) { return link.has_value(); });
}

const IceSelectedPair* IceConnection::selected(std::uint16_t component) const {
  const auto& link = links_[component - 1U];
  return link ? &link->pair : nullptr;
}

std::optional<IcePath> IceConnection::path(std::uint16_t component) const {
  const auto& link = links_[component - 1U];
  if (!link || !link->is_open) return std::nullopt;
  return link->pair.path();
}

void IceConnection::remove_base(const base::SocketAddress& base) {
  for (auto& link : links_) {
    if (link && link->pair.local.base == base) link->is_open = false;
  }
}

void IceConnection::close(std::uint16_t component) {
  links_[component - 1U]->is_open = false;
  context_.events.push_back(IceConsentLost{component});
}

void IceConnection::on_time(const IceCredentials& ours, const IceCredentials& theirs, base::TimePoint now) {
  for (std::uint16_t component = 1; component <= kMaxIceComponents; ++component) {
    auto& link = links_[component - 1U];
    if (!link || !link->is_open) continue;
    const auto [base, to] = link->pair.path();
    if (link->keepalive_at && now >= *link->keepalive_at) {
      link->keepalive_at = now + kKeepalive;
      context_.transmits.push_back({base, to, write_keepalive(context_.new_id())});
    }
    if (!link->consent) continue;
    if (const auto id = link->consent->on_time(now, context_.random)) {
      link->asked_as = role_.claim();
      context_.transmits.push_back({base, to, write_check({*id, check_priority(link->pair.local.priority), link->asked_as, false}, ours, theirs)});
    }
    if (!link->consent->is_held()) close(component);
  }
}

bool IceConnection::on_response(const StunMessage& message, const IceRoute& route, const IceCredentials& theirs, base::TimePoint now) {
  for (std::uint16_t component = 1; component <= kMaxIceComponents; ++component) {
    auto& link = links_[component - 1U];
    if (!link || !link->consent || !link->consent->has_asked(message.id())) continue;
    const bool is_symmetric = link->pair.path() == IcePath{route.base, route.from};
    if (!is_symmetric || !message.is_signed_with(theirs.key())) {
      ++context_.counters.ignored_responses;
      return true;
    }
    if (message.kind() == StunClass::Success) {
      link->consent->on_success(message.id(), now);
      link->last_heard = now;
      return true;
    }
    const int code = message.error() ? message.error()->code : 0;
    link->consent->on_error(message.id(), code);
    if (code == 487) role_.on_conflict(link->asked_as, context_.random);
    if (!link->consent->is_held()) close(component);
    return true;
  }
  return false;
}

std::optional<base::TimePoint> IceConnection::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& link : links_) {
    if (!link || !link->is_open) continue;
    const auto due = link->consent ? link->consent->next_deadline() : link->keepalive_at;
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

}  // namespace offhook::inline v0::rtp
