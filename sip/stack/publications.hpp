#pragma once

#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/outside.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

/// Our publications (RFC 3903): sends their PUBLISH requests, one at a time for each Request-URI (section 4).
class Publications {
 public:
  Publications(OutsideParts parts, std::uint64_t first_id);
  ~Publications();

  [[nodiscard]] base::Result<PublicationId, StackError> publish(PublishOptions options, base::TimePoint now);
  base::Result<void, StackError> modify(PublicationId id, Body state, base::TimePoint now);
  base::Result<void, StackError> remove(PublicationId id, base::TimePoint now);
  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Entry;
  [[nodiscard]] Entry* find(PublicationId id) const;
  /// Carries out the actions of the entry's machine. May delete the entry.
  void carry_out(Entry& entry, base::TimePoint now);
  /// Sends the PUBLISH that has waited longest for this Request-URI, unless one is pending.
  void send_next(std::string_view request_uri, base::TimePoint now);
  void send(Entry& entry, base::TimePoint now);

  OutsideParts parts_;
  std::uint64_t last_id_;
  std::uint64_t waited_ = 0;  // Numbers the waiting requests, so that the first is sent first.
  std::map<PublicationId, std::unique_ptr<Entry>> entries_;
  Deadlines<PublicationId> deadlines_;
};

}  // namespace offhook::inline v0::sip
