#pragma once

#include <offhook/sip/publication/publication.hpp>
#include <offhook/sip/stack/deadlines.hpp>
#include <offhook/sip/stack/outside.hpp>
#include <offhook/sip/stack/publications.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

/// Our publications (RFC 3903): sends their PUBLISH requests, one at a time for each Request-URI (section 4).
class PublicationTable {
 public:
  PublicationTable(StackParts parts, std::uint64_t first_id);
  ~PublicationTable();

  // For the operations of the layer above (Publications).
  struct Entry;
  [[nodiscard]] const StackParts& parts() const { return parts_; }
  [[nodiscard]] Entry* find(PublicationId id) const;
  Entry& add(PublishOptions options, RequestHead head);
  /// Carries out the actions of the entry's machine. May delete the entry.
  void carry_out(Entry& entry, base::TimePoint now);

  void on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return deadlines_.next(); }
  [[nodiscard]] std::size_t timers() const { return deadlines_.size(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  /// Sends the PUBLISH that has waited longest for this Request-URI, unless one is pending.
  void send_next(std::string_view request_uri, base::TimePoint now);
  void send(Entry& entry, base::TimePoint now);

  StackParts parts_;
  std::uint64_t last_id_;
  std::uint64_t waited_ = 0;  // Numbers the waiting requests, so that the first is sent first.
  std::map<PublicationId, std::unique_ptr<Entry>> entries_;
  Deadlines<PublicationId> deadlines_;
};

struct PublicationTable::Entry {
  PublicationId id;
  PublishOptions options;
  RequestHead head;               // Head of each PUBLISH, with the CSeq of the last one.
  bool to_registrar = false;
  publication::Actions actions;   // Actions of the machine that carry_out() has not carried out yet.
  std::optional<publication::Publication> machine;
  std::optional<DigestClient> digest;
  bool is_on_its_way = false;     // A PUBLISH of this publication is pending.
  std::optional<publication::SendPublish> held;  // The PUBLISH that waits while another one to this Request-URI is pending.
  std::uint64_t held_since = 0;                  // Number of `held` in the order of waiting requests.
};

}  // namespace offhook::inline v0::sip
