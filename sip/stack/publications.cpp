#include <offhook/sip/stack/publications.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/limits.hpp>
#include <offhook/sip/stack/custom_headers.hpp>
#include <offhook/sip/stack/publication_table.hpp>
#include <offhook/sip/subscription/event.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

/// Returns true for fields that a PUBLISH sets itself.
bool is_of_publication(const std::pair<std::string, std::string>& header) {
  return base::iequals(header.first, "SIP-If-Match") || base::iequals(header.first, "Event") || base::iequals(header.first, "o") ||
         base::iequals(header.first, "Expires");
}

}  // namespace

base::Result<PublicationId, StackError> Publications::publish(PublishOptions options, base::TimePoint now) {
  auto head = head_outside(table_.parts(), options.account, Method::Publish, options.target, options.through_registrar);
  if (!head) return base::fail(head.error());
  const auto event = subscription::parse_event(options.package);
  if (!event) return base::fail(StackError::BadEvent);
  options.package = subscription::to_string(*event);
  if (why_not_sent(options.headers) || std::any_of(options.headers.begin(), options.headers.end(), is_of_publication))
    return base::fail(StackError::BadHeader);
  if (options.state.data.size() > kMaxPublishedState) return base::fail(StackError::TooLarge);
  if (table_.size() >= kMaxPublications) return base::fail(StackError::Full);
  PublicationTable::Entry& entry = table_.add(std::move(options), std::move(*head));
  const PublicationId id = entry.id;
  table_.carry_out(entry, now);
  table_.parts().outcomes.deliver(now);
  return id;
}

base::Result<void, StackError> Publications::modify(PublicationId id, Body state, base::TimePoint now) {
  PublicationTable::Entry* entry = table_.find(id);
  if (entry == nullptr) return base::fail(StackError::UnknownPublication);
  if (state.data.size() > kMaxPublishedState) return base::fail(StackError::TooLarge);
  entry->machine->modify(std::move(state), entry->actions);
  table_.carry_out(*entry, now);
  table_.parts().outcomes.deliver(now);
  return {};
}

base::Result<void, StackError> Publications::remove(PublicationId id, base::TimePoint now) {
  PublicationTable::Entry* entry = table_.find(id);
  if (entry == nullptr) return base::fail(StackError::UnknownPublication);
  entry->machine->remove(now, entry->actions);
  table_.carry_out(*entry, now);
  table_.parts().outcomes.deliver(now);
  return {};
}

std::size_t Publications::size() const { return table_.size(); }

}  // namespace offhook::inline v0::sip
