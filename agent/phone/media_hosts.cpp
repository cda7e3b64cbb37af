#include <offhook/agent/phone/media_hosts.hpp>

#include <offhook/sdp/host_name.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace offhook::inline v0::phone {

namespace {

std::optional<sip::SessionId> session_of(const sip::Event& event) {
  return std::visit([](const auto& e) -> std::optional<sip::SessionId> {
    if constexpr (requires { e.session; }) return e.session;
    return std::nullopt;
  }, event);
}

/// Returns the session description in the event; nullptr when it has none.
std::string* description_of(sip::Event& event) {
  sip::Body* body = std::visit([](auto& e) -> sip::Body* {
    if constexpr (requires { e.session; e.offer.data; }) return &e.offer;
    else if constexpr (requires { e.session; e.answer.data; }) return &e.answer;
    else if constexpr (requires { e.session; e.body.data; }) return &e.body;
    else return nullptr;
  }, event);
  return body != nullptr && body->type == "application/sdp" ? &body->data : nullptr;
}

std::optional<sdp::HostName> host_in(sip::Event& event) {
  const std::string* description = description_of(event);
  return description == nullptr ? std::nullopt : sdp::find_host_name(*description);
}

}  // namespace

void MediaHosts::on_event(sip::Event event) {
  const auto session = session_of(event);
  const auto at = session ? waiting_.find(*session) : waiting_.end();
  if (at == waiting_.end()) {
    if (!session || !host_in(event)) return emit_(std::move(event));
    waiting_[*session].events.push_back(std::move(event));
    return go_on(*session);
  }
  auto& events = at->second.events;
  if (std::holds_alternative<sip::CallEnded>(event) && std::holds_alternative<sip::IncomingCall>(events.front())) {
    waiting_.erase(at);  // The application has not seen this call yet.
    return;
  }
  events.push_back(std::move(event));
  if (events.size() <= kMaxWaiting) return;
  const Waiting all = std::move(waiting_.extract(at).mapped());
  for (const sip::Event& one : all.events) emit_(one);
}

/// Starts the look-up of a host that the first event names. Returns false when the event need not wait.
bool MediaHosts::find_next(sip::SessionId session, Waiting& waiting) {
  const auto host = host_in(waiting.events.front());
  if (!host || waiting.names == kMaxNames) return false;
  ++waiting.names;
  waiting.search = ++last_search_;
  find_(std::string(host->name), [this, session, search = last_search_](const auto& addresses) { on_found(session, search, addresses); });
  return true;
}

void MediaHosts::on_found(sip::SessionId session, std::uint64_t search, const std::vector<base::IpAddress>& addresses) {
  const auto at = waiting_.find(session);
  if (at == waiting_.end() || at->second.search != search) return;
  sip::Event& event = at->second.events.front();
  std::string& description = *description_of(event);
  const sdp::HostName host = *sdp::find_host_name(description);
  auto best = std::find_if(addresses.begin(), addresses.end(), [&](const auto& one) { return one.is_v6() == host.v6; });
  if (best == addresses.end()) best = addresses.begin();
  if (best == addresses.end()) {
    at->second.names = kMaxNames;  // The description cannot be used, so its other names are not looked up.
  } else {
    description = sdp::with_address(description, host, *best);
  }
  go_on(session);
}

/// Reports the waiting events, up to the next event that names a host whose address is not known yet.
void MediaHosts::go_on(sip::SessionId session) {
  for (auto at = waiting_.find(session); !find_next(session, at->second); at->second.names = 0) {
    sip::Event event = std::move(at->second.events.front());
    at->second.events.pop_front();
    if (at->second.events.empty()) {
      waiting_.erase(at);
      return emit_(std::move(event));
    }
    emit_(std::move(event));
  }
}

}  // namespace offhook::inline v0::phone
