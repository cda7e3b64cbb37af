#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sip/model/events.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::phone {

/// Finds the addresses of hosts that session descriptions name (RFC 8866 section 5.7) and writes them into the descriptions. The events of a
/// call wait meanwhile, in order; other calls continue. If no address is found, the name stays in the description, and the call is then
/// refused for a bad address.
class MediaHosts {
 public:
  static constexpr std::size_t kMaxNames = 4;    ///< names of one description, looked up one after another; a further name stays
  static constexpr std::size_t kMaxWaiting = 32; ///< waiting events of one call; if a further event comes, all are reported with unresolved names

  /// Looks up `host`, and later invokes `done` once, with an empty list if no address was found.
  using Find = std::function<void(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done)>;

  MediaHosts(Find find, std::function<void(sip::Event)> emit) : find_(std::move(find)), emit_(std::move(emit)) {}

  void on_event(sip::Event event);

 private:
  struct Waiting {
    std::uint64_t search = 0;
    std::size_t names = 0;          // number of names looked up for the first event
    std::deque<sip::Event> events;  // the first contains the name of the current look-up
  };

  [[nodiscard]] bool find_next(sip::SessionId session, Waiting& waiting);
  void on_found(sip::SessionId session, std::uint64_t search, const std::vector<base::IpAddress>& addresses);
  void go_on(sip::SessionId session);

  Find find_;
  std::function<void(sip::Event)> emit_;
  std::unordered_map<sip::SessionId, Waiting> waiting_;
  std::uint64_t last_search_ = 0;
};

}  // namespace offhook::inline v0::phone
