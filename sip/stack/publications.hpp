#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/stack_error.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace offhook::inline v0::sip {

/// A publication of event state (RFC 3903), kept alive until it is removed.
struct PublishOptions {
  AccountId account;
  std::string target;                ///< Request-URI and To: the resource, usually the account's own address
  std::string package;               ///< for example "presence", "dialog"; may end with an id: `;id=1`
  Body state{};
  std::chrono::seconds expires{3600};
  bool through_registrar = true;     ///< false: directly to the target's host
  HeaderList headers{};              ///< added to each PUBLISH
};

class PublicationTable;

/// Our event state at servers: RFC 3903. A publication ends in PublicationChanged::Ended.
class Publications {
 public:
  explicit Publications(PublicationTable& table) : table_(table) {}

  /// Starts a publication. Errors: UnknownAccount, BadUri, BadEvent, BadHeader, TooLarge (state over kMaxPublishedState), Full
  /// (kMaxPublications). Publications with the same target send one PUBLISH at a time.
  [[nodiscard]] base::Result<PublicationId, StackError> publish(PublishOptions options, base::TimePoint now);
  /// Replaces the state. Errors: UnknownPublication, TooLarge.
  base::Result<void, StackError> modify(PublicationId id, Body state, base::TimePoint now);
  base::Result<void, StackError> remove(PublicationId id, base::TimePoint now);
  [[nodiscard]] std::size_t size() const;

 private:
  PublicationTable& table_;
};

}  // namespace offhook::inline v0::sip
